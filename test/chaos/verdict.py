"""What a chaos run proved: what was said against what passed, what the spool holds and what the CSV files bill."""

import csv
import re
import sqlite3
from collections import Counter

UNKNOWN = 8      # SPOOL_UNKNOWN of smpp/spool/spool.h, of a message of one part
EXCUSED = "given to both around a loss of memcached and billed by both"
MOST_COPIES = 2  # of a message: once, and once more when it was in doubt
BEHIND = 1.0     # seconds by which a busy machine lets the tap see a message later than smppd sent it
AWAY = 5.0       # seconds after which a busy machine has memcached again, and what smppd puts back
SETTLED = 5.0    # seconds after which an accepted message is surely committed, on a busy machine too


def billed(states):
    """Records with a price, by mobile, from every CSV file; a record stands in one file only."""
    found, ids = Counter(), Counter()
    for path in sorted(path for state in states for path in (state / "cdr").glob("cdr-????????-????????.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                ids[row["id"]] += 1
                found[row["mobile"]] += int(row["total_centavos"]) > 0
    return found, [i for i, n in ids.items() if n > 1]


def read(state, query, *values):
    """The rows of a spool."""
    with sqlite3.connect(f"file:{state / 'spool' / 'spool.db'}?mode=ro", uri=True) as db:
        rows = db.execute(query, values).fetchall()
    db.close()
    return rows


def held(state):
    """Whether an answer waits, to be shown or for what another smppd says of it."""
    return read(state, "SELECT 1 FROM reply WHERE shown=0") != []


def met(state):
    """Whether it remembers another smppd, and so waits for it when memcached was emptied."""
    return read(state, "SELECT 1 FROM meta WHERE name='smppds'") != []


def shown(states):
    """How often each answer's mark stands in a transcript; answers; records with a price; messages in doubt twice."""
    every = lambda query, *values: [row[0] for state in states for row in read(state, query, *values)]  # noqa: E731
    lines = every("SELECT line FROM event")
    kept = sum(every("SELECT count(*) FROM reply WHERE original=0"))
    records = sum(every("SELECT count(*) FROM cdr WHERE total>0"))
    keys = every("SELECT CAST(key AS BLOB) FROM message WHERE states=? AND key IS NOT NULL", UNKNOWN)
    marks = Counter()
    for line in lines:
        if "type=reply" in line or "type=late" in line:
            marks.update(re.findall(r"r\d{7}", line))
    unknown = {found[0].decode() for key in keys if (found := re.search(rb"m\d{7}", key))}
    return marks, kept, records, unknown


def was_in_doubt(mark, tap, kills):
    """A kill lay between the copies, and the first had not long been settled."""
    first, second = tap.submitted[mark][:2]
    answered = tap.accepted.get(mark, second)
    return any(first - BEHIND <= at <= second and answered > at - SETTLED for _, at in kills)


def met_no_memory(mark, tap, kills):
    """It was given again around a loss of memcached, by which alone one smppd knows what another was given."""
    times = tap.delivered[mark]
    return len(times) > 1 and any(name == "memcached" and times[0] - AWAY <= at <= times[-1] for name, at in kills)


def judge(tap, writer, replier, kills, states):
    """(figures, failures)."""
    by_mobile, twice_filed = billed(states)
    marks, kept, records, unknown = shown(states)
    wanted = Counter(mobile for mobile, _, _ in replier.answers.values())
    copies = {m: len(times) for m, times in tap.submitted.items()}
    again = [m for m, n in copies.items() if n > 1]
    missing = [m for m in writer.ok if m not in copies]
    given_up = [m for m in missing if m in unknown]
    doubled = [m for m, n in marks.items() if n > 1]
    excused = [m for m in doubled if met_no_memory(m, tap, kills)]
    excused_of = Counter(replier.answers[m][0] for m in excused)
    failures = {
        "said ok and never sent": [m for m in missing if m not in unknown],
        "given up though no octet had left, more than one in ten kills": given_up if len(given_up) > len(kills) / 10 else [],
        "refused": list(writer.refused.items()),
        "sent more than twice": [m for m, n in copies.items() if n > MOST_COPIES],
        "sent twice without having been in doubt": [m for m in again if not was_in_doubt(m, tap, kills)],
        "answers never acknowledged": [m for m in replier.answers if m not in tap.acked],
        "answers acknowledged and not shown": [m for m in tap.acked if not marks[m]],
        "answers shown twice": [m for m in doubled if m not in excused],
        "answers shown twice around a loss of memcached, more than one in ten kills": excused if len(excused) > len(kills) / 10 else [],
        "answers unbilled, by mobile": [m for m, n in wanted.items() if by_mobile[m] < n],
        "answers billed twice, by mobile": [m for m, n in by_mobile.items() if n > wanted[m] + excused_of[m]],
        "records in two files": twice_filed,
        "records in the spool that no file holds": [] if records == sum(by_mobile.values()) else [records],
    }
    theirs = sum(read(state, "SELECT count(*) FROM reply WHERE original=id")[0][0] for state in states)
    figures = {"messages said ok": len(writer.ok), "asked again by key": writer.repeated, "in doubt and sent twice": len(again),
               "in doubt twice and told so, though no octet had left": len(given_up),
               "answers": len(replier.answers), "handed in again": sum(len(t) > 1 for t in tap.delivered.values()),
               "of these given to both smppd": theirs,
               EXCUSED: len(excused), "answers stored": kept, "answers billed": sum(by_mobile.values())}
    return figures, {what: found for what, found in failures.items() if found}
