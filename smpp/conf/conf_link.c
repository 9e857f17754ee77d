/* One link's section as a whole: its password, its TLS files, what its keys say together. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smpp/conf/conf_inner.h"
#include "smpp/link/tls.h"

/* The first line of a file that others may not read. */
static void password_read(struct conf_reading *r, struct conf_link *link)
{
    const char *path = link->password_file;
    char line[64] = "";
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (!file) {
        conf_wrong(r, "%s cannot be opened: %s. Let smppd read it.", path, strerror(errno));
        return;
    }
    if (fstat(fileno(file), &st) < 0 || !S_ISREG(st.st_mode))
        conf_wrong(r, "%s is no file. Name one whose first line is the password.", path);
    else if (st.st_mode & 037)
        conf_wrong(r, "others may read or write %s. Run: chmod 0640 %s", path, path);
    else if (!fgets(line, sizeof line, file))
        conf_wrong(r, "%s is empty. Write the password into its first line.", path);
    else {
        line[strcspn(line, "\r\n")] = '\0';
        if (strlen(line) > 8)
            conf_wrong(r,
                       "the password in %s has more than 8 characters. SMPP 3.4 knows no longer "
                       "ones: ask for a shorter one.",
                       path);
        else
            link->bind.password = conf_string(r, line);
    }
    explicit_bzero(line, sizeof line);
    fclose(file);
}

static void file_check(struct conf_reading *r, const struct conf_link *link, const char *key,
                       const char **path)
{
    struct stat st;
    conf_about(r, link, key);
    if (!**path)
        *path = NULL;
    else if (stat(*path, &st) < 0 || access(*path, R_OK) < 0)
        conf_wrong(r, "%s cannot be read: %s. Let smppd read it.", *path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        conf_wrong(r, "%s is no file. Name one in PEM.", *path);
}

static void tls_check(struct conf_reading *r, struct conf_link *link)
{
    struct link_tls *tls = &link->bind.tls;
    file_check(r, link, "tls_ca", &tls->ca);
    file_check(r, link, "tls_cert", &tls->cert);
    file_check(r, link, "tls_key", &tls->key);
    const char *named = tls->ca      ? "tls_ca"
                        : tls->cert  ? "tls_cert"
                        : tls->key   ? "tls_key"
                        : *tls->name ? "tls_name"
                                     : NULL;
    if (!tls->on && named) {
        conf_about(r, link, named);
        conf_wrong(r, "TLS is off. Write tls = yes, or take this out.");
    }
    conf_about(r, link, "tls_key");
    if (tls->key && !tls->cert)
        conf_wrong(r, "tls_key needs its certificate. Add tls_cert.");
    if (tls->cert && !tls->key)
        tls->key = tls->cert;
    if (!*tls->name)
        tls->name = NULL;
}

/* Tried here: the link that a reload replaces is not given up for one that cannot be made. */
static void tls_try(struct conf_reading *r, const struct conf_link *link)
{
    char why[512];
    SSL_CTX *context = tls_context(&link->bind.tls, why, sizeof why);
    conf_about(r, link, "tls");
    if (!context)
        conf_wrong(r, "%s.", why);
    SSL_CTX_free(context);
}

/* What a link says of its default alphabet must not name another one (SMPP 3.4, 5.2.19). */
static void coding_check(struct conf_reading *r, const struct conf_link *link)
{
    enum text_alphabet is = text_alphabet(link->text.data_coding, &link->text);
    conf_about(r, link, "data_coding");
    if (is == TEXT_IS_UCS2 || is == TEXT_IS_BINARY)
        conf_wrong(r, "%u says that a text is %s. Write the one of the default alphabet, mostly 0.",
                   link->text.data_coding, is == TEXT_IS_UCS2 ? "UCS-2" : "no text");
}

static void password_check(struct conf_reading *r, struct conf_link *link)
{
    if (!*link->password_file)
        return;
    conf_about(r, link, "password_file");
    if (*link->bind.password)
        conf_wrong(r, "password is given too. Take one out.");
    else
        password_read(r, link);
}

static void peer_name(struct conf_reading *r, struct conf_link *link)
{
    char peer[CONF_PEER_ROOM];
    if (!link->bind.host)
        return; /* and has been complained of */
    (void)snprintf(peer, sizeof peer, "%s:%u", link->bind.host, link->bind.port);
    link->peer = conf_string(r, peer);
    if (!*link->smsc)
        link->smsc = link->peer;
}

void conf_link_check(struct conf_reading *r, struct conf_link *link)
{
    char why[256];
    link->bind.profile = link;
    peer_name(r, link);
    tls_check(r, link);
    if (link->bind.tls.on && !r->wrong)
        tls_try(r, link);
    password_check(r, link);
    coding_check(r, link);
    conf_about_either(r, link, "retry_min", "retry_max");
    if (link->bind.backoff_max_ms < link->bind.backoff_min_ms)
        conf_wrong(r, "retry_max is shorter than retry_min. Write at least the same.");
    r->subject = link->bind.name;
    r->line = link->line;
    if (!r->wrong && link_conf_check(&link->bind, why, sizeof why) < 0)
        conf_wrong(r, "%s", why);
}
