"""mta_lock.py FILE - hold the fcntl(2) lock of a file until we are killed.

Then FILE.held is there, with our process in it.
"""

import fcntl
import os
import sys
import time

file = open(sys.argv[1], "ab")
fcntl.lockf(file, fcntl.LOCK_EX)
with open(sys.argv[1] + ".new", "w") as told:
    told.write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1] + ".held")
while True:
    time.sleep(60)
