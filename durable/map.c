#include "durable/map.h"

#include <sys/mman.h>

#include <stdint.h>
#include <unistd.h>

#include "base/sys.h"

bool
map_open(struct map *map, int fd, off_t offset, off_t length)
{
	off_t skip = offset % sysconf(_SC_PAGESIZE);

	map->start = NULL;
	map->bytes = span_of(NULL);
	if (length == 0)
		return true;
	if ((uintmax_t)length > SIZE_MAX - (uintmax_t)skip)
		return false;
	map->size_bytes = (size_t)(length + skip);
	if (sys->mmap(&map->start, map->size_bytes, fd, offset - skip) == -1)
		return false;
	map->bytes.at = (const char *)map->start + skip;
	map->bytes.size_bytes = (size_t)length;
	return true;
}

void
map_close(struct map *map)
{
	if (map->start != NULL)
		(void)munmap(map->start, map->size_bytes); /* it was mapped */
	map->start = NULL;
	map->bytes = span_of(NULL);
}
