#include "durable/host.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"

void
host_name(char *name, size_t size_bytes)
{
	name[0] = '\0';
	if (gethostname(name, size_bytes) == -1 || name[0] == '\0')
		(void)strlcpy(name, "localhost", size_bytes);
	name[size_bytes - 1] = '\0'; /* POSIX leaves that open */
}

static void
read_boot_id(char *id, size_t size_bytes)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd != -1) {
		got = read(fd, id, size_bytes - 1);
		(void)close(fd); /* opened for reading only */
	}
	if (got <= 0) {
		(void)strlcpy(id, "-", size_bytes);
		return;
	}
	id[got] = '\0';
	id[strcspn(id, " \n")] = '\0';
}

void
host_boot_id(char *id, size_t size_bytes)
{
	static char kept[HOST_BOOT_BYTES];

	if (kept[0] == '\0')
		read_boot_id(kept, sizeof(kept));
	(void)strlcpy(id, kept, size_bytes); /* 40 are enough */
}
