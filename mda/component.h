/*
 * component.h - one folder, file or link of a path, for mda -n.
 */
#ifndef MDA_COMPONENT_H
#define MDA_COMPONENT_H

#include <stdbool.h>

#include "mda/path_walk.h"
#include "mda/tell.h"

/*
 * component_tell - tell what stands at a place of the path.
 *
 * Gives   kind, owner, mode with its setuid, setgid and sticky bits, whether
 *         there is an ACL, and where a symbolic link leads; or "missing".
 */
void component_tell(struct tell *tell, const struct path_walk *walk);

/*
 * component_allows - may the account that runs this process do that here?
 *
 * Takes   walk, at a place that is there; rights, of R_OK, W_OK and X_OK.
 * Gives   0, or the errno. Nothing is told.
 */
int component_allows(const struct path_walk *walk, int rights);

/*
 * component_refusal - for people: why the rights were refused.
 *
 * Takes   rights, as given to component_allows() when that gave EACCES.
 */
void component_refusal(
    struct tell *tell, const struct path_walk *walk, int rights);

#endif
