#!/usr/bin/env python3
"""Compare the list of rules with the texts of the RFCs.

usage: rules.py RULES DIR

DIR has rfcNNNN.txt for each RFC of the list, as the RFC editor has them. Each
section must have as many lines as sentences with MUST, SHALL, SHOULD or REQUIRED.
"""
import collections
import os
import re
import sys

PAGE = re.compile(r"\n+[^\n]*\[Page \d+\]\n\f?\n?[^\n]*\n+")
HEADING = re.compile(r"(\d+(?:\.\d+)*)\.\s+\S")
SENTENCE = re.compile(r'(?<=[.:;])\s+(?=[A-Z"(\[])')
WORD = re.compile(r"\b(MUST|SHALL|SHOULD|REQUIRED)\b")


def paragraphs(text):
    """Give pairs: the number of the section, and a paragraph on one line."""
    section, lines = "0", []
    for line in PAGE.sub("\n\n", text).replace("\f", "").split("\n") + [""]:
        heading = HEADING.match(line)
        if heading and "...." not in line:
            section, lines = heading.group(1), []
        elif line.strip():
            lines.append(line.strip())
        elif lines:
            yield section, " ".join(lines)
            lines = []


def count_of_text(path):
    """Count the sentences of each section."""
    count = collections.Counter()
    with open(path, encoding="latin-1") as file:
        for section, paragraph in paragraphs(file.read()):
            for sentence in SENTENCE.split(paragraph):
                if WORD.search(sentence):
                    count[section] += 1
    return count


def counts_of_list(path):
    """Count the lines of each section, by RFC; examples are not counted."""
    counts = collections.defaultdict(collections.Counter)
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split("|")[0].split()
            if words and words[0].isdigit():
                counts[words[0]][words[1]] += len(words) == 2
    return counts


def main():
    rules, folder = sys.argv[1:]
    sentences = wrong = 0
    for rfc, listed in counts_of_list(rules).items():
        found = count_of_text(os.path.join(folder, "rfc%s.txt" % rfc))
        sentences += sum(found.values())
        for section in sorted(set(listed) | set(found)):
            if listed[section] != found[section]:
                wrong += 1
                print("RFC %s section %s: %d sentences, %d lines"
                      % (rfc, section, found[section], listed[section]))
    print("%d sentences, %d sections are not right" % (sentences, wrong))
    return wrong > 0 or sentences == 0


if __name__ == "__main__":
    sys.exit(main())
