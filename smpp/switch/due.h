/*
 * Live conversations by the moment at which they are looked at next: a heap, for a hundred thousand
 * of them may come due in one second, and be looked at again in another order.
 */
#ifndef SMPP_SWITCH_DUE_H
#define SMPP_SWITCH_DUE_H

struct conversation;

struct due {
    struct conversation **at; /* at[0] comes first; what follows is in no order to rely on */
    unsigned count, room;
};

/* By its `check`, which changes afterwards by due_move alone. 0 or -ENOMEM. */
int due_put(struct due *due, struct conversation *conversation);
/* Its `check` is another one now. */
void due_move(struct due *due, struct conversation *conversation);
/* Nothing where it is not in. */
void due_drop(struct due *due, struct conversation *conversation);
void due_free(struct due *due);

#endif
