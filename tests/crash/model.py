"""model.py - what a power cut may leave of a recorded run.

The weakest file system that POSIX allows, in the manner of Pillai et al., "All
File Systems Are Not Created Equal" (OSDI 2014):

- The data of a file reaches the store with its own fsync(2) or fdatasync(2),
  or with a write through O_SYNC; before that, any part of it may be there. A
  part is a sector of 512 bytes, or a larger piece where one write has more
  than PIECES_MAX of them.
- Its size may be there before its data, which then reads as NULs.
- A name reaches the store with the fsync(2) of its folder, each by itself; of
  a rename, each half.
- Nothing else is in any order.

One rule more goes by the name of "named": the sync of a new file carries the
names that it has with it. All journaling file systems do that, as names and
the count of them are in one transaction; POSIX does not say so.
"""

import itertools

SECTOR = 512
PIECES_MAX = 6
SUBSETS_MAX = 6  # so many parts: all subsets; more: some of them


class File:
    def __init__(self, number, data=b""):
        self.number = number
        self.base = data
        self.changes = []  # [kind, at or size, data, is durable]

    def add(self, kind, at, data=b""):
        self.changes.append([kind, at, data, False])

    def sync_last(self):
        self.changes[-1][3] = True

    def sync(self):
        self.base = apply(self.base, self.changes)
        self.changes = []

    def now(self):
        return apply(self.base, self.changes)

    def contents(self, is_torn_at_bytes):
        """All that may be there after a crash."""
        if all(change[3] for change in self.changes):
            return [apply(self.base, self.changes)]
        found = {}
        parts = self._parts()
        loose = [n for n, part in enumerate(parts) if not part[3]]
        ends = self._ends()
        for chosen in subsets(loose):
            data = apply(self.base, [
                part for n, part in enumerate(parts)
                if part[3] or n in chosen])
            found[data] = None
            for end in ends:
                if end > len(data):
                    found[data.ljust(end, b"\0")] = None
        if is_torn_at_bytes:
            whole = self.now()
            for end in range(len(self.base), len(whole)):
                found[whole[:end]] = None
        return list(found)

    def _parts(self):
        parts = []
        for change in self.changes:
            kind, at, data, is_durable = change
            if kind == "truncate" or is_durable:
                parts.append(change)
                continue
            for start, end in pieces(at, len(data)):
                parts.append([kind, at + start, data[start:end], False])
        return parts

    def _ends(self):
        """Sizes that may be there ahead of the data."""
        ends = set()
        size = len(self.base)
        for kind, at, data, is_durable in self.changes:
            if kind == "truncate":
                size = at
            elif at + len(data) > size:
                if not is_durable:
                    ends.update(at + end
                                for _, end in pieces(at, len(data)))
                size = at + len(data)
        return sorted(ends)


def apply(data, changes):
    for kind, at, new, *_ in changes:
        if kind == "truncate":
            data = data[:at].ljust(at, b"\0")
        else:
            data = data[:at].ljust(at, b"\0") + new + data[at + len(new):]
    return data


def pieces(at, size):
    """A write's sectors, or groups of them: [(start, end)], from its start."""
    bounds = [0]
    edge = SECTOR - at % SECTOR
    while edge < size:
        bounds.append(edge)
        edge += SECTOR
    bounds.append(size)
    step = -(-(len(bounds) - 1) // PIECES_MAX)
    kept = bounds[:-1:step] + [size]
    return list(zip(kept, kept[1:]))


def subsets(parts):
    """All of them; of many parts: those in front, behind, all but one, one."""
    if len(parts) <= SUBSETS_MAX:
        for size in range(len(parts) + 1):
            yield from (frozenset(chosen) for chosen in
                        itertools.combinations(parts, size))
        return
    for cut in range(len(parts) + 1):
        yield frozenset(parts[:cut])
        yield frozenset(parts[cut:])
    for one in parts:
        yield frozenset([one])
        yield frozenset(parts) - {one}


class Folder:
    def __init__(self, number):
        self.number = number
        self.names = {}  # name -> [durable, then what it was since]

    def now(self, name):
        return self.names.get(name, [None])[-1]

    def set(self, name, node):
        self.names.setdefault(name, [None]).append(node)

    def sync(self):
        for name, nodes in list(self.names.items()):
            self.names[name] = nodes[-1:]
            if nodes[-1] is None:
                del self.names[name]

    def fix_first(self, name, node):
        """An entry of a file that was synced is durable."""
        nodes = self.names.get(name, [None])
        if node in nodes[1:]:
            self.names[name] = nodes[nodes.index(node, 1):]


class Model:
    def __init__(self, path, is_named, is_torn_at_bytes=False):
        self.path = path  # of the tree, on the system
        self.is_named = is_named
        self.is_torn_at_bytes = is_torn_at_bytes
        self.root = Folder(0)
        self.nodes = {}  # the system's inode number -> file or folder
        self.births = {}  # of a file made since -> [(folder, name)]
        self.numbers = itertools.count(1)

    # ---- What is there in the beginning

    def add_folder(self, inode, parent=None, name=None, is_durable=True):
        folder = self.root if parent is None else Folder(next(self.numbers))
        self.nodes[inode] = folder
        if parent is not None:
            self._place(parent, name, folder, is_durable)

    def add_file(self, inode, parent, name, data, is_durable=True):
        """Without is_durable its data is there, but its name need not be."""
        node = self.nodes.get(inode)
        if node is None:
            node = self.nodes[inode] = File(next(self.numbers), data)
        self._place(parent, name, node, is_durable)

    def _place(self, parent, name, node, is_durable):
        names = self.nodes[parent].names
        names[name] = [node] if is_durable else [None, node]

    # ---- One call: issued, and then returned

    def issue(self, call):
        """False when this call can leave nothing new."""
        method = getattr(self, "_" + call["call"], None)
        return method is not None and method(call) is not False

    def _find(self, call, at="at", name="name"):
        """The folder and the last name; None outside of the tree."""
        path = call[name]
        folder = self.nodes.get(call[at])
        if path.startswith(self.path + "/"):
            path = path[len(self.path) + 1:]
            folder = self.root
        for part in path.split("/")[:-1]:
            if isinstance(folder, Folder):
                folder = folder.now(part)
        if not isinstance(folder, Folder):
            return None, None
        return folder, path.split("/")[-1]

    def _create(self, call):
        folder, name = self._find(call)
        if folder is None or folder.now(name) is not None:
            return False
        node = File(next(self.numbers))
        self.nodes[call["ino"]] = node
        self.births[node] = [(folder, name)]
        folder.set(name, node)
        return True

    def _mkdir(self, call):
        folder, name = self._find(call)
        if folder is None:
            return False
        node = self.nodes[call["ino"]] = Folder(next(self.numbers))
        folder.set(name, node)
        return True

    def _link(self, call):
        folder, name = self._find(call)
        to_folder, to_name = self._find(call, "to_at", "to_name")
        node = folder.now(name)
        to_folder.set(to_name, node)
        if node in self.births:
            self.births[node].append((to_folder, to_name))

    def _rename(self, call):
        self._link(call)
        self._unlink(call)

    def _unlink(self, call):
        folder, name = self._find(call)
        if folder is None:
            return False
        folder.set(name, None)
        return True

    def _write(self, call):
        node = self.nodes.get(call["ino"])
        if node is None:
            return False
        node.add("write", call["at"], call["data"])
        return True

    def _truncate(self, call):
        node = self.nodes.get(call["ino"])
        if node is None:
            return False
        node.add("truncate", call["size"])
        return True

    def complete(self, call):
        node = self.nodes.get(call.get("ino"))
        if node is None:
            return
        if call["call"] == "sync":
            node.sync()
        elif call["call"] == "write" and call["sync"]:
            node.sync_last()
        else:
            return
        if self.is_named and node in self.births:
            for folder, name in self.births[node]:
                folder.fix_first(name, node)

    # ---- All states that a crash may leave now

    def states(self):
        """Each is a tuple of (path, number of the file, data or None)."""
        for entries in self._names(self.root, ""):
            files = {}
            for _, node in entries:
                if isinstance(node, File) and node not in files:
                    files[node] = node.contents(self.is_torn_at_bytes)
            for data in itertools.product(*files.values()):
                content = dict(zip(files, data))
                yield tuple((path, node.number, content.get(node))
                            for path, node in entries)

    def _names(self, folder, prefix):
        choices = []
        for name, nodes in sorted(folder.names.items()):
            unique = list(dict.fromkeys(nodes))
            choices.append([(prefix + name, node) for node in unique])
        for chosen in itertools.product(*choices):
            parts = [self._below(path, node) for path, node in chosen
                     if node is not None]
            for below in itertools.product(*parts):
                yield tuple(itertools.chain.from_iterable(below))

    def _below(self, path, node):
        if isinstance(node, File):
            return [((path, node),)]
        return [((path, node),) + rest
                for rest in self._names(node, path + "/")]
