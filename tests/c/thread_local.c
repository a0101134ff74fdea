/* Each thread has variables of its own, which begin as the program says. */
#include <pthread.h>
#include <stdio.h>

static __thread int initial = 42, zeros[3];

static void *look(void *unused)
{
    (void)unused;
    printf("%d %d\n", initial, zeros[2]);
    return NULL;
}

int main(void)
{
    pthread_t other;
    look(NULL);
    initial = 1;
    zeros[2] = 7;
    pthread_create(&other, NULL, look, NULL);
    pthread_join(other, NULL);
    look(NULL);
    return initial;
}
