/* Runs a fuzz target over files: `NAME_fuzz FILE-OR-DIRECTORY...`, so that what a fuzzer once found
 * stays found, without clang. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned replayed;

static int replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data =
        malloc(size ? size : 1); /* of its exact size, so that ASan sees one octet too far */
    size_t got = file && data ? fread(data, 1, size, file) : 0;
    int err = file && data && got == size ? 0 : -EIO;
    if (err == 0)
        LLVMFuzzerTestOneInput(data, size);
    else
        fprintf(stderr, "%s: cannot be read\n", path);
    if (file)
        fclose(file);
    free(data);
    replayed++;
    return err;
}

static int replay(const char *path)
{
    struct stat st;
    struct dirent *entry;
    char below[4096];
    int err = 0;
    if (stat(path, &st) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -errno;
    }
    if (!S_ISDIR(st.st_mode))
        return replay_file(path, (size_t)st.st_size);
    DIR *directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (replay(below) < 0)
            err = -EIO;
    }
    if (directory)
        closedir(directory);
    return err;
}

int main(int argc, char **argv)
{
    int err = 0;
    for (int i = 1; i < argc; i++)
        if (replay(argv[i]) < 0)
            err = -EIO;
    printf("%u inputs replayed\n", replayed);
    return err < 0 || replayed == 0;
}
