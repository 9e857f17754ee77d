/* Tables read back a page at a time, so that the writer never waits long for a reader. */
#ifndef SMPP_SPOOL_SCAN_H
#define SMPP_SPOOL_SCAN_H

struct job;
struct ledger;
struct page;

/* Reads the next page into job->page. */
int scan_read(struct ledger *ledger, struct job *job);

/* In the loop's thread: calls job->row for each row of the page. Whether there is more to read. */
int page_tell(struct job *job);

void page_free(struct page *page);

#endif
