/* Four threads take turns, told by a condition. */
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 5 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long turn, said[THREADS * ROUNDS];

static void *work(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        while (turn % THREADS != (long)number)
            pthread_cond_wait(&changed, &lock);
        said[turn++] = (long)number;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return number;
}

int main(void)
{
    pthread_t threads[THREADS];
    long sum = 0;
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    for (int i = 0; i < THREADS * ROUNDS; i++)
        printf("%ld", said[i]);
    printf(" %ld\n", sum);
    return 0;
}
