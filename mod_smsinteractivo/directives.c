/* A directive is a row: a number with its range, a word of a list, or a function of its own; see
 * directives.h. Files are read here, so that `apachectl configtest` names line and remedy. */
#include "mod_smsinteractivo/directives.h"
#include "mod_smsinteractivo/page/htdocs.h"
#include "mod_smsinteractivo/secret.h"
#include "mod_smsinteractivo/settings.h"
#include "mod_smsinteractivo/guard/words.h"
#include "smpp/store/store.h"

#include <apr_strings.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* A number of struct settings. */
struct number_rule {
    size_t offset;
    int least, most;
};

/* One of several words, worth its place. */
struct choice_rule {
    size_t offset;
    const char *word[4];
};

static int *number_at(void *settings, size_t offset)
{
    return (int *)(void *)((char *)settings + offset);
}

static const char *number_set(cmd_parms *cmd, void *settings, const char *value)
{
    const struct number_rule *rule = cmd->info;
    char *end;
    long number = strtol(value, &end, 10);
    if (!*value || *end || number < rule->least || number > rule->most)
        return apr_psprintf(cmd->pool, "%s must be a whole number from %d to %d, not \"%s\"",
                            cmd->cmd->name, rule->least, rule->most, value);
    *number_at(settings, rule->offset) = (int)number;
    return NULL;
}

static const char *choice_set(cmd_parms *cmd, void *settings, const char *value)
{
    const struct choice_rule *rule = cmd->info;
    const char *all = "";
    for (int i = 0; i < 4 && rule->word[i]; i++) {
        if (strcasecmp(value, rule->word[i]) == 0) {
            *number_at(settings, rule->offset) = i;
            return NULL;
        }
        all = apr_pstrcat(cmd->pool, all, i ? ", " : "", rule->word[i], NULL);
    }
    return apr_psprintf(cmd->pool, "%s must be one of %s, not \"%s\"", cmd->cmd->name, all, value);
}

static const char *words_set(cmd_parms *cmd, void *settings, const char *file)
{
    apr_array_header_t **list = (void *)((char *)settings + (size_t)cmd->info);
    const char *path = ap_server_root_relative(cmd->pool, file), *error;
    apr_array_header_t *words = words_read(cmd->pool, path ? path : file, &error);
    if (!words)
        return apr_psprintf(cmd->pool, "%s: %s; write one word a line, # before a comment",
                            cmd->cmd->name, error);
    if (*list)
        apr_array_cat(*list, words);
    else
        *list = words;
    return NULL;
}

static const char *htdocs_set(cmd_parms *cmd, void *settings_, const char *folder)
{
    struct settings *settings = settings_;
    const char *path = ap_server_root_relative(cmd->pool, folder), *error;
    settings->htdocs = htdocs_read(cmd->pool, cmd->temp_pool, path ? path : folder, &error);
    return settings->htdocs ? NULL
                            : apr_psprintf(cmd->pool,
                                           "SmsHtdocs: %s; give the folder that holds "
                                           "page.html and the texts",
                                           error);
}

static apr_status_t voice_free(void *voice)
{
    captcha_voice_free(voice);
    return APR_SUCCESS;
}

static const char *voice_set(cmd_parms *cmd, void *settings_, const char *folder)
{
    struct settings *settings = settings_;
    struct captcha_voice *voice = apr_pcalloc(cmd->pool, sizeof *voice);
    const char *path = ap_server_root_relative(cmd->pool, folder);
    char error[300];
    if (captcha_voice_read(path ? path : folder, voice, error, sizeof error) < 0)
        return apr_psprintf(cmd->pool,
                            "SmsVoice: %s; give a folder with 0.wav to 9.wav, mono, 8,000 samples "
                            "a second",
                            error);
    apr_pool_cleanup_register(cmd->pool, voice, voice_free, apr_pool_cleanup_null);
    settings->voice = voice;
    return NULL;
}

static const char *origin_set(cmd_parms *cmd, void *settings_, const char *origin)
{
    struct settings *settings = settings_;
    const char *host = strstr(origin, "://");
    if ((strncmp(origin, "https://", 8) != 0 && strncmp(origin, "http://", 7) != 0) || !host[3] ||
        strchr(host + 3, '/'))
        return apr_psprintf(cmd->pool,
                            "SmsOrigin: \"%s\" is no origin; write it as https://www.example.com, "
                            "without a path",
                            origin);
    if (!settings->origins)
        settings->origins = apr_array_make(cmd->pool, 2, sizeof(const char *));
    APR_ARRAY_PUSH(settings->origins, const char *) = origin;
    return NULL;
}

/* The directives of the whole httpd. */

static const char *global_check(cmd_parms *cmd)
{
    return ap_check_cmd_context(cmd, GLOBAL_ONLY);
}

static const char *text_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *error = global_check(cmd);
    (void)unused; /* these are not of a Location */
    if (error)
        return error;
    const char **member =
        (void *)((char *)deployment_of(cmd->server) + (size_t)(uintptr_t)cmd->info);
    *member = value;
    return NULL;
}

static const char *path_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *path = ap_server_root_relative(cmd->pool, value);
    if (!path)
        return apr_psprintf(cmd->pool, "%s: \"%s\" is no path; write it from / on", cmd->cmd->name,
                            value);
    return text_set(cmd, unused, path);
}

enum { SOCKET_MOST = sizeof((struct sockaddr_un *)0)->sun_path - 1 };

static const char *socket_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *path = ap_server_root_relative(cmd->pool, value);
    if (path && strlen(path) > SOCKET_MOST)
        return apr_psprintf(cmd->pool,
                            "%s: \"%s\" is too long; a socket's path has at most %d octets",
                            cmd->cmd->name, path, SOCKET_MOST);
    return path_set(cmd, unused, value);
}

/* Also says what cannot be a list of servers before httpd starts. */
static const char *servers_set(cmd_parms *cmd, void *unused, const char *value)
{
    char why[200];
    struct store *store = store_open(value, "", why, sizeof why);
    if (!store)
        return apr_psprintf(cmd->pool, "SmsStore: %s", why);
    store_close(store);
    return text_set(cmd, unused, value);
}

static const char *prefix_set(cmd_parms *cmd, void *unused, const char *value)
{
    char why[200];
    struct store *store = store_open("localhost", value, why, sizeof why);
    if (!store)
        return apr_psprintf(cmd->pool, "SmsStorePrefix: %s", why);
    store_close(store);
    return text_set(cmd, unused, value);
}

static const char *store_wait_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *error = global_check(cmd);
    apr_interval_time_t wait;
    (void)unused; /* these are not of a Location */
    if (error)
        return error;
    if (ap_timeout_parameter_parse(value, &wait, "ms") != APR_SUCCESS ||
        wait < apr_time_from_msec(10) || wait > apr_time_from_sec(2))
        return apr_psprintf(cmd->pool, "SmsStoreWait must be 10ms to 2s, not \"%s\"", value);
    deployment_of(cmd->server)->store_wait = (int)apr_time_as_msec(wait);
    return NULL;
}

static const char *secret_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *error = path_set(cmd, unused, value);
    struct deployment *deployment = deployment_of(cmd->server);
    if (!error)
        error = secret_read(cmd->pool, deployment->secret_file, &deployment->secret);
    return error ? apr_psprintf(cmd->pool, "SmsSecretFile: %s", error) : NULL;
}

static const char *audit_log_set(cmd_parms *cmd, void *unused, const char *value)
{
    if (strcasecmp(value, "off") != 0)
        return path_set(cmd, unused, value);
    return text_set(cmd, unused, NULL);
}

static const char *audit_keep_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *error = global_check(cmd);
    char *end;
    long days = strtol(value, &end, 10);
    (void)unused; /* as above */
    if (error)
        return error;
    if (!*value || strcmp(end, "d") != 0 || days < 1 || days > 3650)
        return apr_psprintf(cmd->pool, "SmsAuditKeep must be 1d to 3650d, not \"%s\"", value);
    deployment_of(cmd->server)->audit_days = (int)days;
    return NULL;
}

static const char *waiters_set(cmd_parms *cmd, void *unused, const char *value)
{
    const char *error = global_check(cmd);
    char *end;
    long waiters = strtol(value, &end, 10);
    (void)unused; /* as above */
    if (error)
        return error;
    if (!*value || *end || waiters < 1 || waiters > 100000)
        return apr_psprintf(
            cmd->pool, "SmsWaiters must be a whole number from 1 to 100000, not \"%s\"", value);
    deployment_of(cmd->server)->waiters = (int)waiters;
    return NULL;
}

#define HERE RSRC_CONF | ACCESS_CONF

#define NUMBER(name, member, least, most, help)                                                    \
    AP_INIT_TAKE1(name, number_set,                                                                \
                  &((struct number_rule){offsetof(struct settings, member), least, most}), HERE,   \
                  help)
#define CHOICE(name, member, help, ...)                                                            \
    AP_INIT_TAKE1(name, choice_set,                                                                \
                  &((struct choice_rule){offsetof(struct settings, member), {__VA_ARGS__}}), HERE, \
                  help)
#define GLOBAL(name, set, member, help)                                                            \
    AP_INIT_TAKE1(name, set, (void *)offsetof(struct deployment, member), RSRC_CONF, help)
#define LIST(name, member, help)                                                                   \
    AP_INIT_ITERATE(name, words_set, (void *)offsetof(struct settings, member), HERE, help)

const command_rec directives[] = {
    GLOBAL("SmsStore", servers_set, store, "memcached servers: host:port or a socket's path"),
    GLOBAL("SmsStorePrefix", prefix_set, prefix, "what every key in memcached begins with"),
    GLOBAL("SmsStoreWait", store_wait_set, store_wait, "time memcached has for an answer: 100ms"),
    GLOBAL("SmsDaemon", socket_set, daemon, "smppd's socket"),
    GLOBAL("SmsSecretFile", secret_set, secret_file, "64 hexadecimal digits, mode 0600"),
    GLOBAL("SmsAuditLog", audit_log_set, audit_file, "the audit trail's file, or off"),
    GLOBAL("SmsAuditKeep", audit_keep_set, audit_days, "days the audit trail is kept: 90d"),

    AP_INIT_TAKE1("SmsWaiters", waiters_set, NULL, RSRC_CONF, "polls a child holds at most"),

    AP_INIT_TAKE1("SmsHtdocs", htdocs_set, NULL, HERE, "folder of page.html, texts and styles"),
    AP_INIT_TAKE1("SmsVoice", voice_set, NULL, HERE, "folder of 0.wav to 9.wav"),
    AP_INIT_ITERATE("SmsOrigin", origin_set, NULL, HERE, "further origins whose forms are ours"),
    LIST("SmsNames", names, "files of names no visitor may take"),
    LIST("SmsWords", words, "files of words no message may hold"),
    CHOICE("SmsLinks", links, "whether messages may hold URLs", "off", "on"),
    CHOICE("SmsSecureCookie", secure, "Secure and __Host-: by the request, or fixed", "auto", "on",
           "off"),

    CHOICE("SmsCaptcha", captcha, "when a message needs a security code", "adaptive", "always",
           "off"),
    NUMBER("SmsCaptchaUnanswered", captcha_unanswered, 1, 1000,
           "messages without an answer before the next code"),
    NUMBER("SmsCaptchaTries", captcha_tries, 1, 100, "tries a security code survives"),

    CHOICE("SmsWait", wait, "whether a poll is held until something happens", "auto", "async",
           "off"),
    NUMBER("SmsWaitMost", wait_most, 5, 55, "seconds a poll is held at most"),

    NUMBER("SmsLimitConversations", limit_conversations, 0, 1000000,
           "new conversations an hour and address"),
    NUMBER("SmsLimitMessages", limit_messages, 0, 1000000, "messages an hour and address"),
    NUMBER("SmsLimitNetwork", limit_network, 0, 1000, "times the address's limits for its network"),
    NUMBER("SmsLimitSession", limit_session, 0, 16, "live conversations of a session"),
    NUMBER("SmsLimitMobile", limit_mobile, 0, 1000000, "new conversations an hour to a mobile"),
    NUMBER("SmsLimitSameText", limit_same_text, 0, 1000000,
           "mobiles one text may go to in ten minutes"),
    NUMBER("SmsLimitPictures", limit_pictures, 0, 1000000, "security codes an hour and address"),
    NUMBER("SmsLimitRecordings", limit_recordings, 0, 1000000,
           "spoken security codes an hour and address"),
    NUMBER("SmsLimitProofs", limit_proofs, 0, 1000000, "proofs of work an hour and address"),
    {.name = NULL},
};
