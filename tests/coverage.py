"""coverage.py SRCDIR LINES - a table by folder, and what is not explained.

LINES is what llvm-cov exports in the form of lcov. tests/coverage.allow has
paragraphs: a reason, and the lines of the source that nothing runs for it,
told by FILE:FUNCTION and their text. Status 1 when a line of the folders in WHOLE was not run and
is not explained. Explained lines that were run, or are gone, are named: some
depend on who is faster.
"""
import os
import sys

WHOLE = ("durable", "maildir", "mbox")


def percent(part, whole):
    return "%5.1f" % (100.0 * part / whole) if whole else "    -"


class File:
    def __init__(self, path):
        self.path = path
        self.lines = {}
        self.branches = {}
        self.functions = {0: ""}

    def function_at(self, line):
        return self.functions[max(at for at in self.functions if at <= line)]


def read_counts(name, top):
    """What was run, by path below the source folder."""
    files, now = {}, None
    with open(name, encoding="utf-8") as export:
        for row in export:
            kind, _, rest = row.rstrip("\n").partition(":")
            if kind == "SF":
                path = os.path.relpath(os.path.realpath(rest), top)
                now = files.setdefault(path, File(path))
            elif kind == "FN":
                line, name = rest.split(",", 1)
                now.functions[int(line)] = name.rpartition(":")[2]
            elif kind == "DA":
                line, count = rest.split(",")[:2]
                line = int(line)
                now.lines[line] = max(now.lines.get(line, 0), int(count))
            elif kind == "BRDA":
                line, block, branch, count = rest.split(",")
                key = (line, block, branch)
                count = 0 if count == "-" else int(count)
                now.branches[key] = max(now.branches.get(key, 0), count)
    return files


def show_table(files):
    folders = {}
    for path, one in files.items():
        if path.startswith(("build/", "..", "/")):
            continue
        row = folders.setdefault(path.split("/")[0], [0, 0, 0, 0])
        row[0] += len(one.lines)
        row[1] += sum(count > 0 for count in one.lines.values())
        row[2] += len(one.branches)
        row[3] += sum(count > 0 for count in one.branches.values())
    print("folder       lines      run      %  branches     run      %")
    folders["all"] = [sum(column) for column in zip(*folders.values())]
    for name in sorted(folders, key=lambda name: (name == "all", name)):
        lines, run, branches, taken = folders[name]
        print("%-9s %8d %8d  %s  %8d %7d  %s" % (
            name, lines, run, percent(run, lines), branches, taken,
            percent(taken, branches)))


def read_allowed(name):
    """{(place, text): reason}; a paragraph's reason comes before its lines."""
    allowed, reason, had_line = {}, "", False
    with open(name, encoding="utf-8") as file:
        for number, row in enumerate(file, 1):
            row = row.rstrip("\n")
            if row.startswith("#"):
                if had_line:
                    reason, had_line = "", False
                reason += row[1:]
            elif row.strip():
                place, _, text = row.partition(": ")
                if not reason.strip() or not text.strip():
                    sys.exit("coverage.allow:%d: no reason or no text"
                             % number)
                allowed[place, text.strip()] = reason
                had_line = True
            else:
                reason, had_line = "", False
    return allowed


def not_run(one, top):
    with open(os.path.join(top, one.path), encoding="utf-8") as file:
        text = file.read().split("\n")
    for line, count in sorted(one.lines.items()):
        said = text[line - 1].strip()
        # A line of nothing but a bracket or a label tells nothing by itself.
        if count == 0 and said.strip("{}();") and not said.endswith(":"):
            yield line, said


def main():
    top = os.path.realpath(sys.argv[1])
    files = read_counts(sys.argv[2], top)
    allowed = read_allowed(os.path.join(top, "tests", "coverage.allow"))
    used, count, unexplained = set(), 0, 0
    show_table(files)
    for path in sorted(files):
        if path.split("/")[0] not in WHOLE:
            continue
        for line, said in not_run(files[path], top):
            place = "%s:%s" % (path, files[path].function_at(line))
            count += 1
            if (place, said) in allowed:
                used.add((place, said))
                continue
            unexplained += 1
            print("line %d was never run: %s: %s" % (line, place, said))
    for place, said in sorted(set(allowed) - used):
        print("coverage.allow: run, or gone: %s: %s" % (place, said))
    print("coverage: %d lines of %s are not run, %d of them not explained" % (
        count, ", ".join(WHOLE), unexplained))
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
