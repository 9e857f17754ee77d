/* A list of jobs that knows its end; see queue.h. */
#include "smpp/storer/queue.h"

void queue_empty(struct queue *queue)
{
    *queue = (struct queue){.end = &queue->first};
}

void queue_put(struct queue *queue, struct storer_job *job)
{
    job->next = NULL;
    *queue->end = job;
    queue->end = &job->next;
    queue->count++;
}

void queue_precede(struct queue *queue, struct queue *before)
{
    if (!before->first)
        return;
    *before->end = queue->first;
    if (!queue->first)
        queue->end = before->end;
    queue->first = before->first;
    queue->count += before->count;
    queue_empty(before);
}
