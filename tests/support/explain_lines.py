# explain_lines.py PLAN JSON - what mda -n said to people must follow from what
# mda --json said to programs: each line is made anew of the JSON, and those of
# PLAN must be among them. Prints what nobody told the programs.

import json
import re
import sys

MIB = 1 << 20
SIGNS = {"note": "", "warning": "! ", "failure": "! "}


def named(word):
    return word if word is not None else "?"


def origin(setting):
    if setting["from"] == "file":
        return "(%s:%d)" % (setting["file"], setting["line"])
    return {"default": "(default)", "option": "(-o)"}[setting["from"]]


def settings(plan):
    missing = "" if plan["settings_file_read"] else " is missing: defaults"
    yield "settings", plan["settings_file"] + missing
    for name, setting in plan["settings"].items():
        yield None, "  %-16s = %-20s %s" % (
            name, setting["value"], origin(setting))


def account(plan):
    it = plan["account"]
    groups = ["%d (%s)" % (g["gid"], g["name"]) if g["name"] else "%d" % g["gid"]
              for g in it["groups"]]
    yield "account", "uid %d, gid %d, groups %s" % (
        it["uid"], it["gid"], " ".join(groups))
    yield "user", it["user"] or "unknown"
    yield "home", it["home"] or "unknown"


def envelope(plan):
    it = plan["envelope"]
    sender = it["sender"]
    yield "sender", ("from the From_ line, else unknown" if sender is None
                     else sender)
    for key, label in (("recipient", "recipient"), ("detail", "detail"),
                       ("queue", "queue id")):
        if key in it:
            yield label, it[key]


def mailbox(plan):
    it = plan["mailbox"]
    kinds = {"mbox": "mbox", "maildir": "Maildir"}
    yield "mailbox", "%s %s" % (kinds[it["kind"]], it["path"])
    if it["folder"] is not None:
        yield "folder", ".%s" % it["folder"]


def scripts(plan):
    label = "scripts"
    for it in plan["scripts"]:
        there = {"missing": ": not there"}.get(it["state"], "")
        yield label, it["path"] + there
        label = ""


def mode_text(it):
    bits = int(it["mode"], 8)
    text = {"folder": "d", "link": "l"}.get(it["kind"], "-")
    for shift, special, letter in ((6, 0o4000, "s"), (3, 0o2000, "s"),
                                   (0, 0o1000, "t")):
        three = bits >> shift
        text += "r" if three & 4 else "-"
        text += "w" if three & 2 else "-"
        execute = "x" if three & 1 else "-"
        if bits & special:
            execute = letter if three & 1 else letter.upper()
        text += execute
    return text + ("+" if it["acl"] else "")


def component(it):
    if it["kind"] == "missing":
        return "  missing  " + it["path"]
    if it["kind"] == "unknown":
        return "  ?  " + it["path"]
    arrow = " -> " + it["target"] if "target" in it else ""
    return "  %s uid %d gid %d (%s:%s)  %s%s" % (
        mode_text(it), it["uid"], it["gid"], named(it["user"]),
        named(it["group"]), it["path"], arrow)


def path(plan):
    yield "path", ""
    for it in plan["path"]:
        yield None, component(it)
        if it["kind"] == "missing":
            yield "", "would be created, mode 0700"
            yield "", "would be created with tmp, new and cur, mode 0700"
            yield "", "not there: the mailbox itself is used"
        elif it["kind"] != "unknown":
            # Why a mode refuses follows from the mode and the ids.
            yield "", re.compile("  uid [0-9]+ is .* no such right")
            yield "", re.compile("  an ACL is set, and gives uid .*")
            yield "", re.compile("  its mode would allow that: .*")


def storage(plan):
    it = plan["storage"]
    yield "storage", it["kind"]
    if "mount" in it:
        yield "mount", "%s on %s (%s)" % (
            it["source"], it["mount"], it["options"])
    yield "tried", it["folder"]
    if it["folder_sync"]:
        yield "", "a folder can be synced"
    # Others write meanwhile, so these two numbers may differ.
    if it["free_bytes"] is not None:
        yield "free", re.compile("[0-9]+ MiB")
    if it["free_files"] is not None:
        yield "", re.compile("[0-9]+ more files?")
    if it["quota"] is not None:
        size, files = it["quota"]["bytes"], it["quota"]["files"]
        yield "quota", "MiB used: %d, of at most %d" % (
            size["used"] // MIB, (size["soft"] or size["hard"]) // MIB)
        yield "", "files used: %d, of at most %d" % (
            files["used"], files["soft"] or files["hard"])


def finding(it, is_cut):
    at = "at %d " % it["start"]
    if it["finding"] == "torn" and not is_cut:
        return at + ("a torn message: it stays, because nothing is cut off "
                     "on FUSE")
    return re.compile(re.escape(at) + {
        "torn": "a torn message of %s bytes?: would be cut off" % it.get(
            "bytes"),
        "whole": "a whole message whose sender was not told: kept",
        "nothing": "nothing was written",
        "foreign": "another program has written: not touched"}[it["finding"]])


def mbox(plan):
    it = plan["mbox"]
    where = plan["mailbox"]["path"]
    yield "format", plan["settings"]["mbox_format"]["value"]
    yield "locks", plan["settings"]["locks"]["value"]
    if it.get("is_there"):
        yield "file", re.compile("%s, %d bytes?" % (
            re.escape(where), it["bytes"]))
    else:
        yield "file", "%s would be created, mode 0600" % where
    name = ".%s.mda" % where.split("/")[-1]
    if plan["settings"]["mbox_journal"]["value"] == "off":
        yield "journal", "off: a torn message would stay"
    elif it.get("journal_is_there"):
        yield "journal", name
    else:
        yield "journal", name + " is not there yet"
    for entry in it.get("unfinished", []):
        yield "", finding(entry, it["is_cut"])


def sandbox(plan):
    it = plan["sandbox"]
    if "setting" not in it:
        return
    yield "sandbox", "%s (sandbox = %s)" % (it["given"], it["setting"])
    parts = [name if version == 1 else "%s %d" % (name, version)
             for name, version in it["kernel"].items() if version]
    if parts:
        yield "", "the kernel has " + ", ".join(parts)
    else:
        yield "", "the kernel has none that mda knows to use"
    yield "", "sandbox = require would deliver " + (
        "as well" if it["require_delivers"] else "nothing")


def steps(plan):
    label = "steps"
    for step in plan["steps"]:
        yield label, step
        label = ""


def log(plan):
    it = plan["log"]
    if it["syslog"]:
        yield "log", "to the system log"
    if it["file"] is not None:
        yield "log", "to the file " + it["file"]
    if not it["syslog"] and it["file"] is None:
        yield "log", "nowhere"


def end(plan):
    if "step" in plan:
        yield "problem", "%s %s" % (plan["dsn"], plan["problem"])
    yield "exit", "%d" % plan["exit"]
    for it in plan["problems"]:
        yield "", SIGNS[it["weight"]] + it["sentence"]


PARTS = {"settings_file_read": settings, "account": account,
         "envelope": envelope, "mailbox": mailbox, "scripts": scripts,
         "path": path, "storage": storage, "mbox": mbox, "sandbox": sandbox,
         "steps": steps, "log": log, "exit": end}


def lines_of(plan):
    for key, part in PARTS.items():
        if key in plan:
            yield from part(plan)


def fits(line, label, text):
    front = "" if label is None else "%-11s " % label
    if isinstance(text, str):
        return line == (front + text).rstrip()
    return line.startswith(front) and text.fullmatch(line[len(front):])


def main():
    plan = json.load(open(sys.argv[2], encoding="ascii"))
    wanted = [(made[0], made[1]) for made in lines_of(plan)]
    for line in open(sys.argv[1], encoding="utf-8"):
        line = line.rstrip("\n")
        if not any(fits(line, label, text) for label, text in wanted):
            print(line)


main()
