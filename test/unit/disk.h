/* A disk that loses its power: it stands between the program and the kernel, remembers every write,
 * truncation, rename and sync of one directory's files, and makes of it what may be left at any
 * moment. What was synced is there. Of what was not, any sectors are, in any order: also what a
 * sync that failed was to bring there, whatever later syncs say (Linux marks those pages clean).
 * Names come and go in their order, as in a journal, none later than a sync of the directory. */
#ifndef TEST_UNIT_DISK_H
#define TEST_UNIT_DISK_H

/* From now on this directory is watched, until disk_rest; what stands there is on the disk. */
void disk_watch(const char *directory);
void disk_rest(void);

/* From now on one in so many syncs by fdatasync(2) fails; 0: none. */
void disk_fail(unsigned one_in);

/* A moment: the number of operations so far. */
unsigned disk_now(void);

/* What is left in an empty directory, when the power is lost at a moment. */
void disk_lose(unsigned moment, unsigned *seed, const char *to);

#endif
