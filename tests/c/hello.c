/* Standard input and output through musl's buffers. */
#include <stdio.h>

int main(void)
{
    char line[80];
    int number = 0;
    while (fgets(line, sizeof line, stdin))
        printf("%3d  %s", ++number, line);
    fprintf(stderr, "%d lines\n", number);
    return number;
}
