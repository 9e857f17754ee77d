/* Facts about reading smppd.conf: what is taken, what is refused, and what the complaint says. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "smpp/conf/conf.h"

#define TEN(text) text text text text text text text text text text
#define LINK                                                                                       \
    "[link main]\nhost = smsc.example\nsystem_id = claro\npassword = secret\ncodes = 2333 2024\n"

static char directory[] = "/tmp/conf-test-XXXXXX";
static char path[64], told[8192];
static unsigned complaints;

static void listen(void *ctx, const char *sentence)
{
    assert_ptr_equal(ctx, &complaints);
    complaints++;
    strncat(told, sentence, sizeof told - strlen(told) - 2);
    strcat(told, "\n");
}

static void file_write(const char *name, const char *text, size_t len, mode_t mode)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
    assert_int_equal(chmod(name, mode), 0);
}

static struct conf *load(const char *text)
{
    complaints = 0;
    told[0] = '\0';
    file_write(path, text, strlen(text), 0600);
    return conf_load(path, listen, &complaints);
}

/* The one thing that is wrong with a text, or a failure. */
static void complains(const char *text, const char *expected)
{
    struct conf *conf = load(text);
    if (conf || !strstr(told, expected))
        fail_msg("for <<%s>> expected <<%s>>, told <<%s>>", text, expected, told);
}

static void a_link_says_what_becomes_of_letters_or_takes_what_stands_above(void **state)
{
    (void)state;
    struct conf *conf = load("letters = spanish\n" LINK "[link two]\nhost = b\nsystem_id = c\n"
                             "codes = 2030\nletters = unicode\n");
    assert_non_null(conf);
    assert_int_equal(conf->link[0].letters, TEXT_SPANISH);
    assert_int_equal(conf->link[1].letters, TEXT_UNICODE);
    assert_int_equal(conf->letters, TEXT_SPANISH);
    assert_string_equal(conf_link_of(conf, "2030")->bind.name, "two");
    assert_null(conf_link_of(conf, "9999"));
    conf_drop(conf);
}

static void what_all_links_say_of_letters_is_what_the_page_counts_with(void **state)
{
    (void)state;
    struct conf *conf = load(LINK "letters = unicode\n");
    assert_non_null(conf);
    assert_int_equal(conf->letters, TEXT_UNICODE);
    conf_drop(conf);
}

static void the_least_a_file_must_say_is_one_link(void **state)
{
    (void)state;
    struct conf *conf = load(LINK);
    assert_non_null(conf);
    assert_int_equal(complaints, 0);
    assert_string_equal(conf->socket, "/run/smppd/socket");
    assert_int_equal(conf->conversation_ms, 300000);
    assert_int_equal(conf->memory_ms, 86400000);
    assert_int_equal(conf->validity_ms, 900000);
    assert_int_equal(conf->letters, TEXT_TRANSLIT);
    assert_int_equal(conf->words_stop.count, 7);
    assert_string_equal(conf->words_stop.word[6], "NO MAS");
    assert_int_equal(conf->links, 1);
    assert_string_equal(conf->link[0].bind.name, "main");
    assert_string_equal(conf->link[0].bind.host, "smsc.example");
    assert_string_equal(conf->link[0].bind.password, "secret");
    assert_int_equal(conf->link[0].bind.port, 2775);
    assert_int_equal(conf->link[0].bind.window, 10);
    assert_int_equal(conf->link[0].bind.mode, LINK_TRANSCEIVER);
    assert_true(conf->link[0].international);
    assert_true(conf->link[0].receipts);
    assert_ptr_equal(conf->link[0].bind.profile, &conf->link[0]);
    assert_null(conf->link[0].bind.tls.ca);
    assert_string_equal(conf->cdr_directory, conf->state);
    conf_drop(conf);
}

static void by_the_usual_settings_a_mute_smsc_is_left_and_tried_again_within_a_minute(void **state)
{
    (void)state;
    struct conf *conf = load(LINK);
    const struct link_conf *bind = &conf->link[0].bind;
    assert_int_equal(bind->bind_ms, 10000);
    assert_int_equal(bind->response_ms, 30000);
    assert_in_range(bind->enquire_ms, 1000, 60000 - bind->response_ms);
    assert_int_equal(bind->backoff_min_ms, 1000);
    assert_int_equal(bind->backoff_max_ms, 30000);
    conf_drop(conf);
}

static void without_a_price_the_price_of_the_product_holds_since_ever(void **state)
{
    (void)state;
    struct charge charge;
    struct conf *conf = load(LINK);
    assert_non_null(conf);
    assert_int_equal(conf->tariffs, 1);
    assert_int_equal(charge_of(conf->tariff, 1, 0, &charge), 0);
    assert_int_equal(charge.total, 130);
    conf_drop(conf);
}

static void a_price_holds_from_midnight_in_santo_domingo(void **state)
{
    (void)state;
    struct conf *conf =
        load(LINK "[price 2000-01-01]\n"
                  "[price 2026-03-01]\nprice = 2.50\ntaxes = ITBIS 18%, CDT 2.25\n");
    assert_non_null(conf);
    assert_int_equal(conf->tariffs, 2);
    assert_int_equal(conf->tariff[0].price, 100);
    assert_int_equal(conf->tariff[0].taxes, 3);
    assert_int_equal(conf->tariff[1].from, INT64_C(1772337600000)); /* 2026-03-01T04:00Z */
    assert_int_equal(conf->tariff[1].price, 250);
    assert_int_equal(conf->tariff[1].taxes, 2);
    assert_string_equal(conf->tariff[1].tax[1].name, "CDT");
    assert_int_equal(conf->tariff[1].tax[1].rate, 225);
    conf_drop(conf);
}

static void spaces_comments_and_crlf_do_not_matter(void **state)
{
    (void)state;
    struct conf *conf = load("# first\r\n\r\n  socket=/a/b \r\n\tconversation =  90 s\n" LINK
                             "   # text = no\n  port=  77  \n");
    assert_non_null(conf);
    assert_string_equal(conf->socket, "/a/b");
    assert_int_equal(conf->conversation_ms, 90000);
    assert_int_equal(conf->link[0].bind.port, 77);
    conf_drop(conf);
}

static void several_links_share_the_short_codes_of_all(void **state)
{
    (void)state;
    struct conf *conf = load(LINK "[link spare]\nhost = b\nsystem_id = claro\npriority = 1\n"
                                  "bind = tx+rx\ncodes = 2024, 2025\nrate = 12.5\n"
                                  "long_messages = sar\nreference = 16\nnumbers = national\n"
                                  "alphabet = latin1\nreceipts = no\n");
    assert_non_null(conf);
    assert_int_equal(conf->links, 2);
    assert_int_equal(conf->codes.count, 3);
    const struct conf_link *spare = &conf->link[1];
    assert_int_equal(spare->bind.mode, LINK_TRANSMITTER_RECEIVER);
    assert_int_equal(spare->bind.priority, 1);
    assert_true(spare->bind.rate > 12.4 && spare->bind.rate < 12.6);
    assert_int_equal(spare->text.parts, TEXT_SAR);
    assert_true(spare->text.ref16);
    assert_int_equal(spare->text.charset, TEXT_CHARSET_LATIN1);
    assert_false(spare->international);
    assert_false(spare->receipts);
    assert_true(conf_carries(&spare->bind, "2025"));
    assert_false(conf_carries(&spare->bind, "2333"));
    conf_drop(conf);
}

static const struct {
    const char *text, *told;
} wrong_lines[] = {
    {"socket /run/x\n" LINK, ":1: this is neither `key = value` nor [section]"},
    {"  = x\n" LINK, ":1: this is neither `key = value` nor [section]"},
    {"\nsockt = /run/x\n" LINK, ":2: no key is called `sockt`. Did you mean `socket`?"},
    {"zzzzz = 1\n" LINK, "smppd.conf(5) lists all of them."},
    {LINK "store = localhost\n", ":6: `store` does not belong here. Write it above"},
    {"host = a\n" LINK, ":1: `host` does not belong here. Write it below a [link NAME]."},
    {"socket = run/x\n" LINK, ":1: socket: `run/x` does not begin with /."},
    {"socket = /a\nsocket = /b\n" LINK, ":2: `socket` stands in line 1 already."},
    {"conversation = 5\n" LINK, ":1: conversation: `5` is no time."},
    {"conversation = 5 m\n" LINK, "`5 m` is no time."},
    {"conversation = 99999999999999999d\n" LINK, "is outside of its range"},
    {"conversation = 0s\n" LINK, "Write a time from 1s to 1d."},
    {"connections = 0\n" LINK, ":1: connections: 0 is outside of its range. Write one from 1"},
    {"connections = -1\n" LINK, "`-1` is no whole number"},
    {"connections = 99999999999999999999999\n" LINK, "no whole number"},
    {"letters = gsm\n" LINK, "Write translit, spanish or unicode."},
    {"spool_size = 5X\n" LINK, "`5X` is no size"},
    {"spool_size = 1023K\n" LINK, ":1: spool_size: 1023K is outside of its range"},
    {"spool_queue = 2047\n" LINK, ":1: spool_queue: 2047 is outside of its range"},
    {"socket_users = nobody-of-that-name\n" LINK, "no user is called `nobody-of-that-name`."},
    {"validity = 2h\nmemory = 1h\n" LINK, ":2: memory: validity is longer than memory"},
    {"validity = 25h\n" LINK, ":1: validity: validity is longer than memory"},
    {"store = a:b\n" LINK, ":1: store: memcached server \"a:b\" is neither host:port"},
    {"store = " TEN("a b c d e f g h i j ") "k\n" LINK,
     ":1: store: there are more than 64 memcached"},
    {"store_prefix = a b\n" LINK, ":1: store_prefix: `a b` cannot stand in a memcached key."},
    {"instance = *\n" LINK, ":1: instance: `*` stands for all smppd."},
    {LINK "port = 65536\n", "outside of its range"},
    {LINK "rate = 1,5\n", "`1,5` is no number from 0 to 1000000"},
    {LINK "tls = maybe\n", "Write yes or no."},
    {LINK "password_file = /nowhere\n", ":6: password_file: password is given too."},
    {LINK "tls_ca = /nowhere\ntls = yes\n", ":6: tls_ca: /nowhere cannot be read"},
    {LINK "tls_name = a\n", ":6: tls_name: TLS is off"},
    {"notices_hourly = 17\n" LINK, ":1: notices_hourly: 17 is outside of its range"},
    {LINK "tls_ca = /dev/zero\ntls = yes\n", ":6: tls_ca: /dev/zero is no file"},
    {LINK "tls_ca = /etc/passwd\ntls = yes\n", ":7: tls: CA file /etc/passwd cannot be used"},
    {LINK "data_coding = 8\n", ":6: data_coding: 8 says"},
    {LINK "retry_min = 2min\n", ":6: retry_min: retry_max is shorter than retry_min"},
    {LINK "retry_max = 10ms\n", ":6: retry_max: retry_max is shorter than retry_min"},
    {LINK "source_ton = 7\n", ":6: source_ton: 7 is outside of its range. Write one from 0 to 6."},
    {LINK "destination_npi = 2\n", ":6: destination_npi: 2 is unknown to SMPP 3.4"},
    {"[link x]\nhost = a\nsystem_id = b\ncodes = 23\npassword_file = /\n",
     ":5: password_file: / is no file"},
    {LINK LINK, ":6: a link `main` stands in line 1 already."},
    {"[link a b]\n" LINK, ":1: a link needs a name"},
    {"[link]\n" LINK, ":1: a link needs a name"},
    {"[link a\n" LINK, ":1: the section is not closed."},
    {"[\n" LINK, ":1: the section is not closed."},
    {"[]\n" LINK, ":1: no section is called ``."},
    {"[server a]\n" LINK, "There are [link NAME] and [price YYYY-MM-DD]."},
    {"", "it names no link to an SMSC."},
    {"[link x]\nhost = a\ncodes = 2333\n", ":1: [link x] says no `system_id`."},
    {"[link x]\nhost = a\nsystem_id = b\n", ":1: [link x] says no `codes`."},
    {"[link x]\nhost =\nsystem_id = b\ncodes = 22\n", ":2: host: it is empty."},
    {"[link x]\nhost = a\nsystem_id = 1234567890123456\ncodes = 22\n", "Shorten it to 15."},
    {"[link x]\nhost = a\nsystem_id = b\npassword = 123456789\ncodes = 22\n", "to 8."},
    {"[link x]\nhost = a\nsystem_id = b\ncodes = 23a\n", "`23a` is no short code."},
    {"[link x]\nhost = a\nsystem_id = b\ncodes = 23 24 23\n", "23 stands in it twice."},
    {"[link x]\nhost = a\nsystem_id = b\ncodes = ,\n", "codes: it is empty."},
    {LINK "[price 2026-02-30]\n", ":6: a price needs the day"},
    {LINK "[price 1-1-2026]\n", "a price needs the day"},
    {LINK "[price 2026-02-01]\n[price 2026-01-01]\n", "in the order of their days"},
    {LINK "[price 2999-01-01]\n", "none holds today"},
    {LINK "[price 2000-01-01]\nprice = 1,00\n", "`1,00` is no price."},
    {LINK "[price 2000-01-01]\nprice = 1.005\n", "`1.005` is no price."},
    {LINK "[price 2000-01-01]\ntaxes = ITBIS\n", "`ITBIS` is no tax."},
    {LINK "[price 2000-01-01]\ntaxes = ITBIS 101\n", "is no tax."},
    {LINK "[price 2000-01-01]\ntaxes = A 1,B 1,C 1,D 1,E 1\n", "more than 4 taxes"},
    {LINK "[price 2000-01-01]\n[price 2001-01-01]\ntaxes = I;S 1\n", ":7: price: a tax's name has"},
    {LINK "[price 2999-01-01]\n", ":6: price: none holds today"},
    {"socket_group = nobody-of-that-name\n" LINK, ":1: socket_group: no group is called"},
    {"state = /dev/null\n" LINK, ":1: state: /dev/null is no directory."},
    {"socket = /nowhere/at/all/socket\n" LINK, ":1: socket: /nowhere/at/all cannot be made:"},
    {"socket = /dev/null/socket\n" LINK, ":1: socket: /dev/null is no directory."},
    {"state = /nowhere/at/all\n" LINK, ":1: state: /nowhere/at/all cannot be made:"},
    {"state = /nowhere/at/all\ncdr_directory = /nowhere/at/all/cdr\n" LINK, ":1: state: /nowhere"},
    {"cdr_directory = /dev/null\n" LINK, ":1: cdr_directory: /dev/null is no directory."},
    {"words_start = ALTA, b a j a!\n" LINK,
     ":1: words_start: `b a j a!` stands in words_start and in words_stop."},
    {"\nwords_stop = no, Áyuda\n" LINK, ":2: words_stop: `AYUDA` stands in words_help and in"},
};

static void every_wrong_line_is_told_with_its_number_and_a_remedy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_lines / sizeof *wrong_lines; i++)
        complains(wrong_lines[i].text, wrong_lines[i].told);
}

static void one_run_tells_everything_that_is_wrong(void **state)
{
    (void)state;
    assert_null(load("sockt = /a\nconversation = 5\n[link x]\nhost = a\ncodes = x\n"));
    assert_int_equal(complaints, 4);
}

static void a_nul_and_an_endless_line_are_told_and_passed_over(void **state)
{
    (void)state;
    static char text[20000];
    complaints = 0;
    told[0] = '\0';
    memset(text, 'x', sizeof text);
    memcpy(text, "a\0b\n", 4);
    memcpy(text + sizeof text - 200, "\n" LINK, sizeof LINK);
    file_write(path, text, sizeof text - 200 + sizeof LINK, 0600);
    assert_null(conf_load(path, listen, &complaints));
    assert_non_null(strstr(told, ":1: a NUL stands in this line."));
    assert_non_null(strstr(told, ":2: the line is longer than"));
    assert_int_equal(complaints, 2);
}

static void a_file_that_is_missing_a_directory_or_a_device_is_told(void **state)
{
    (void)state;
    complaints = 0;
    told[0] = '\0';
    assert_null(conf_load("/nowhere/smppd.conf", listen, &complaints));
    assert_non_null(strstr(told, "/nowhere/smppd.conf: cannot be opened: No such file"));
    assert_null(conf_load(directory, listen, &complaints));
    assert_non_null(strstr(told, "is a directory"));
    assert_null(conf_load("/dev/zero", listen, &complaints)); /* it has no end */
    assert_non_null(strstr(told, "/dev/zero: is a directory or a device"));
}

static void a_password_file_must_be_private(void **state)
{
    (void)state;
    char secret[80], text[256];
    snprintf(secret, sizeof secret, "%s/secret", directory);
    snprintf(text, sizeof text,
             "[link x]\nhost = a\nsystem_id = b\ncodes = 22\npassword_file = %s\n", secret);
    file_write(secret, "hunter2\nmore", 12, 0640);
    struct conf *conf = load(text);
    assert_non_null(conf);
    assert_string_equal(conf->link[0].bind.password, "hunter2");
    assert_false(conf->exposed);
    conf_drop(conf);
    chmod(secret, 0644);
    complains(text, "Run: chmod 0640");
    file_write(secret, "", 0, 0600);
    complains(text, "is empty. Write the password into its first line.");
    file_write(secret, "123456789", 9, 0600);
    complains(text, "has more than 8 characters");
    assert_null(strstr(told, "123456789"));
    unlink(secret);
    complains(text, "cannot be opened");
}

static void a_password_in_a_file_others_may_read_is_noticed(void **state)
{
    (void)state;
    complaints = 0;
    file_write(path, LINK, sizeof LINK - 1, 0644);
    struct conf *conf = conf_load(path, listen, &complaints);
    assert_non_null(conf);
    assert_true(conf->exposed);
    conf_drop(conf);
    conf = load(LINK);
    assert_non_null(conf);
    assert_false(conf->exposed);
    conf_drop(conf);
}

static void the_last_user_frees_it(void **state)
{
    (void)state;
    struct conf *conf = load(LINK);
    assert_non_null(conf);
    assert_ptr_equal(conf_keep(conf), conf);
    conf_drop(conf);
    assert_string_equal(conf->link[0].bind.password, "secret");
    conf_drop(conf);
    conf_drop(NULL);
}

static int make_directory(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s", mkdtemp(directory) ? directory : "");
    strcat(path, "/smppd.conf");
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_a_file_must_say_is_one_link),
        cmocka_unit_test(by_the_usual_settings_a_mute_smsc_is_left_and_tried_again_within_a_minute),
        cmocka_unit_test(a_link_says_what_becomes_of_letters_or_takes_what_stands_above),
        cmocka_unit_test(what_all_links_say_of_letters_is_what_the_page_counts_with),
        cmocka_unit_test(without_a_price_the_price_of_the_product_holds_since_ever),
        cmocka_unit_test(a_price_holds_from_midnight_in_santo_domingo),
        cmocka_unit_test(spaces_comments_and_crlf_do_not_matter),
        cmocka_unit_test(several_links_share_the_short_codes_of_all),
        cmocka_unit_test(every_wrong_line_is_told_with_its_number_and_a_remedy),
        cmocka_unit_test(one_run_tells_everything_that_is_wrong),
        cmocka_unit_test(a_nul_and_an_endless_line_are_told_and_passed_over),
        cmocka_unit_test(a_file_that_is_missing_a_directory_or_a_device_is_told),
        cmocka_unit_test(a_password_file_must_be_private),
        cmocka_unit_test(a_password_in_a_file_others_may_read_is_noticed),
        cmocka_unit_test(the_last_user_frees_it),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
