"""mta_lmtp.py SOCKET SENDER RECIPIENT - hand a message over by LMTP.

It is read from standard input. The status is as that of a delivery agent: 0
when the server took it, 69 when it refuses, 75 for all else.
"""

import os
import smtplib
import sys

path, sender, recipient = sys.argv[1:]
wire = sys.stdin.buffer.read().replace(b"\n", b"\r\n")
try:
    with smtplib.LMTP(path, timeout=30) as server:
        server.sendmail(sender, [recipient], wire, ["BODY=8BITMIME"])
except smtplib.SMTPRecipientsRefused as refused:
    code, text = refused.recipients[recipient]
    print(code, text)
    sys.exit(os.EX_UNAVAILABLE if code // 100 == 5 else os.EX_TEMPFAIL)
except smtplib.SMTPResponseException as answer:
    print(answer.smtp_code, answer.smtp_error)
    sys.exit(os.EX_UNAVAILABLE if answer.smtp_code // 100 == 5
             else os.EX_TEMPFAIL)
except (OSError, smtplib.SMTPException) as fault:
    print(fault)
    sys.exit(os.EX_TEMPFAIL)
