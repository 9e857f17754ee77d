/* Every key of smppd.conf: its kind, range, default and meaning. conf/smppd.conf and smppd.conf(5)
 * are held against this table by a test. */
#include "smpp/conf/conf_inner.h"

#include "smpp/logbook/log.h"

#define MS(n)      ((int64_t)(n))
#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) ((int64_t)(n)*60000)
#define HOURS(n)   ((int64_t)(n)*3600000)
#define DAYS(n)    ((int64_t)(n)*86400000)

static const struct conf_word letters[] = {
    {"translit", TEXT_TRANSLIT}, {"spanish", TEXT_SPANISH}, {"unicode", TEXT_UNICODE}, {0}};
static const struct conf_word link_letters[] = {{"default", CONF_LETTERS_DEFAULT},
                                                {"translit", TEXT_TRANSLIT},
                                                {"spanish", TEXT_SPANISH},
                                                {"unicode", TEXT_UNICODE},
                                                {0}};
static const struct conf_word levels[] = {{"error", LOG_AT_ERROR},   {"warning", LOG_AT_WARNING},
                                          {"notice", LOG_AT_NOTICE}, {"info", LOG_AT_INFO},
                                          {"debug", LOG_AT_DEBUG},   {0}};
static const struct conf_word binds[] = {{"transceiver", LINK_TRANSCEIVER},
                                         {"transmitter+receiver", LINK_TRANSMITTER_RECEIVER},
                                         {"trx", LINK_TRANSCEIVER},
                                         {"tx+rx", LINK_TRANSMITTER_RECEIVER},
                                         {0}};
static const struct conf_word alphabets[] = {{"gsm7", TEXT_CHARSET_GSM7},
                                             {"latin1", TEXT_CHARSET_LATIN1},
                                             {"ascii", TEXT_CHARSET_ASCII},
                                             {0}};
static const struct conf_word long_messages[] = {
    {"udh", TEXT_UDH}, {"sar", TEXT_SAR}, {"payload", TEXT_PAYLOAD}, {0}};
static const struct conf_word references[] = {{"8", 0}, {"16", 1}, {0}};
static const struct conf_word numbers[] = {{"national", 0}, {"international", 1}, {0}};

#define TOP(member) .offset = offsetof(struct conf, member)
static const struct conf_key top[] = {
    {"socket", conf_take_path, TOP(socket), 1, 107, .initial = "/run/smppd/socket",
     .doc = "Where httpd and smppctl reach smppd."},
    {"socket_group", conf_take_group, TOP(socket_group), 0, 64, .initial = "",
     .doc = "Group that may open the socket; empty: smppd's own."},
    {"socket_users", conf_take_users, TOP(socket_users), .initial = "www-data",
     .doc = "Users that may speak to smppd beside root and its own."},
    {"connections", conf_take_number, TOP(connections), 1, 4096, .initial = "64",
     .doc = "Connections to the socket at once."},
    {"connections_per_user", conf_take_number, TOP(connections_per_user), 1, 4096, .initial = "16",
     .doc = "Of these from one user."},
    {"state", conf_take_path, TOP(state), 1, 4000, .initial = "/var/lib/smppd",
     .doc = "Directory of the spool; a local disk that keeps what it was told to sync."},
    {"store", conf_take_store, TOP(store), 1, 1000, .initial = "127.0.0.1:11211",
     .doc = "The memcached servers, the same list in the same order as SmsStore: host:port or the "
            "path of a Unix socket, separated by spaces."},
    {"store_prefix", conf_take_text, TOP(store_prefix), 0, 40, .initial = "smsi:",
     .doc = "Stands before every key in memcached; the same as SmsStorePrefix."},
    {"instance", conf_take_text, TOP(instance), 0, 64, .initial = "",
     .doc =
         "Name of this smppd, different from all others that share the memcached; empty: host and "
         "state directory."},
    {"letters", conf_take_word, TOP(letters), .words = letters, .initial = "translit",
     .doc = "Letters outside GSM-7: translit replaces them, spanish uses the Spanish shift table "
            "where all SMSCs and mobiles know it, unicode sends UCS-2."},
    {"conversation", conf_take_time, TOP(conversation_ms), SECONDS(1), HOURS(24), .initial = "5min",
     .doc = "How long a conversation lives after its last message."},
    {"memory", conf_take_time, TOP(memory_ms), SECONDS(1), DAYS(30), .initial = "24h",
     .doc = "How long an ended conversation is remembered, to recognise a late answer."},
    {"validity", conf_take_time, TOP(validity_ms), SECONDS(5), HOURS(48), .initial = "15min",
     .doc = "How long the network tries to deliver a message."},
    {"parts_wait", conf_take_time, TOP(parts_wait_ms), MS(100), MINUTES(10), .initial = "10s",
     .doc = "How long the missing parts of an answer are waited for."},
    {"text_notice", conf_take_sms, TOP(texts.notice),
     .initial = "Responde aqui: RD$1.00+imp. c/u. Tienes {minutos} min. No recibir mas: BAJA",
     .doc = "Goes with the first message of a conversation."},
    {"text_confirmation", conf_take_sms_name, TOP(texts.confirmation),
     .initial = "Claro: tu respuesta fue entregada a {nombre}. Costo RD$1.00+imp. Puedes seguir "
                "escribiendo por {minutos} min.",
     .doc = "Tells that an answer reached the visitor."},
    {"text_late", conf_take_sms_name, TOP(texts.late),
     .initial = "Claro: la conversacion con {nombre} ya termino y tu mensaje no fue entregado. No "
                "respondas a este aviso.",
     .doc = "Tells that an answer came too late."},
    {"text_no_conversation", conf_take_sms, TOP(texts.no_conversation),
     .initial = "Claro: no hay ninguna conversacion activa en este numero. Tu mensaje no fue "
                "entregado.",
     .doc = "Tells that a message was for nobody."},
    {"text_stopped", conf_take_sms, TOP(texts.stopped),
     .initial = "Claro: no recibiras mas mensajes de SMS Interactivo. Para volver a recibirlos "
                "envia ALTA.",
     .doc = "Answers BAJA."},
    {"text_resumed", conf_take_sms, TOP(texts.resumed),
     .initial = "Claro: recibiras de nuevo los mensajes de SMS Interactivo. Para no recibirlos "
                "envia BAJA.",
     .doc = "Answers ALTA."},
    {"text_blocked", conf_take_sms_name, TOP(texts.blocked),
     .initial = "Claro: no recibiras mas mensajes de {nombre}. Para no recibir los de nadie envia "
                "BAJA.",
     .doc = "Answers BLOQUEAR."},
    {"text_help", conf_take_sms, TOP(texts.help),
     .initial = "SMS Interactivo Claro: mensajes desde claro.com.do. Cada respuesta RD$1.00+imp. "
                "BAJA=no recibir mas.",
     .doc = "Answers AYUDA."},
    {"words_stop", conf_take_words, TOP(words_stop),
     .initial = "BAJA, ALTO, PARAR, SALIR, CANCELAR, STOP, NO MAS",
     .doc = "Answers that end all messages to a mobile; case, accents, punctuation and spaces do "
            "not matter."},
    {"words_block", conf_take_words, TOP(words_block), .initial = "BLOQUEAR",
     .doc = "Answers that end the messages of this visitor."},
    {"words_start", conf_take_words, TOP(words_start), .initial = "ALTA, START",
     .doc = "Answers that undo both."},
    {"words_help", conf_take_words, TOP(words_help), .initial = "AYUDA, INFO, HELP",
     .doc = "Answers that ask what this is."},
    {"queue", conf_take_number, TOP(queue_max), 1, 10000000, .initial = "20000",
     .doc = "Messages accepted and not yet settled; beyond, the web is told to come back, and "
            "beyond half of it no notices are sent."},
    {"answers", conf_take_number, TOP(answers_max), 1, 1000000, .initial = "5000",
     .doc = "Answers received and not yet on disk; beyond, the SMSC is told to keep them."},
    {"store_queue", conf_take_number, TOP(store_queue), 16, 1000000, .initial = "10000",
     .doc = "Jobs that may wait for memcached."},
    {"spool_queue", conf_take_number, TOP(spool_queue), CONF_SPOOL_QUEUE_LEAST, 1000000,
     .initial = "8192", .doc = "Jobs that may wait for the disk."},
    {"spool_size", conf_take_size, TOP(spool_octets), CONF_SPOOL_LEAST, INT64_MAX, .initial = "0",
     .doc = "How large the spool may grow; 0: as far as the disk goes."},
    {"mobile_hourly", conf_take_number, TOP(mobile_hourly), 1, 100000, .initial = "60",
     .doc = "Messages from the web to one mobile in an hour."},
    {"notices_hourly", conf_take_number, TOP(notices_hourly), 0, CONF_NOTICES, .initial = "5",
     .doc = "Notices to one mobile in an hour, of each smppd."},
    {"same_answers", conf_take_number, TOP(same_answers), 2, 1000, .initial = "3",
     .doc = "From this many identical answers on no notice is sent: two machines may be talking."},
    {"same_answers_within", conf_take_time, TOP(same_answers_ms), SECONDS(1), HOURS(24),
     .initial = "10min", .doc = "Within which identical answers are counted."},
    {"cdr_directory", conf_take_path, TOP(cdr_directory), 0, 4000, .initial = "",
     .doc = "Where charging records are written as CSV; empty: the state directory."},
    {"cdr_period", conf_take_time, TOP(cdr_period_ms), SECONDS(1), DAYS(31), .initial = "1h",
     .doc = "A CSV file is closed when it is this old."},
    {"cdr_records", conf_take_number, TOP(cdr_records), 1, 10000000, .initial = "50000",
     .doc = "Or has this many records."},
    {"keep_texts", conf_take_time, TOP(keep_texts_ms), MINUTES(1), DAYS(400), .initial = "24h",
     .doc = "How long texts and ended conversations are kept."},
    {"keep_cdrs", conf_take_time, TOP(keep_cdrs_ms), DAYS(1), DAYS(4000), .initial = "400d",
     .doc = "How long charging records are kept after they were exported."},
    {"repeat", conf_take_time, TOP(repeat_ms), MINUTES(1), DAYS(7), .initial = "6h",
     .doc = "How long an answer that the SMSC sends again is recognised."},
    {"log_level", conf_take_word, TOP(log_level), .words = levels, .initial = "info",
     .doc = "What is written to the log: this and what is worse; error, warning, notice, info or "
            "debug."},
    {"log_interval", conf_take_time, TOP(log_interval_ms), 0, HOURS(24), .initial = "10s",
     .doc = "The same line is written once in this time, with a count."},
    {"drain", conf_take_time, TOP(drain_ms), 0, MINUTES(5), .initial = "10s",
     .doc = "How long a stop waits for what is under way."},
};

#define LINK(member) .offset = offsetof(struct conf_link, member)
static const struct conf_key link[] = {
    {"host", conf_take_text, LINK(bind.host), 1, 253, .doc = "Name or address of the SMSC."},
    {"port", conf_take_u16, LINK(bind.port), 1, 65535, .initial = "2775", .doc = "Its TCP port."},
    {"tls", conf_take_truth, LINK(bind.tls.on), .initial = "no",
     .doc = "Whether the SMSC speaks TLS; its certificate and name are verified."},
    {"tls_ca", conf_take_path, LINK(bind.tls.ca), 0, 4000, .initial = "",
     .doc = "Certificates trusted to vouch for the SMSC (PEM); empty: the system's."},
    {"tls_cert", conf_take_path, LINK(bind.tls.cert), 0, 4000, .initial = "",
     .doc = "Our certificate (PEM), where the SMSC asks for one."},
    {"tls_key", conf_take_path, LINK(bind.tls.key), 0, 4000, .initial = "",
     .doc = "Its key (PEM); empty: it stands in tls_cert."},
    {"tls_name", conf_take_text, LINK(bind.tls.name), 0, 253, .initial = "",
     .doc = "Name the SMSC's certificate must carry; empty: host."},
    {"bind", conf_take_word, LINK(bind.mode), .words = binds, .initial = "transceiver",
     .doc =
         "One connection both ways (transceiver or trx), or two (transmitter+receiver or tx+rx)."},
    {"system_id", conf_take_text, LINK(bind.system_id), 1, 15,
     .doc = "Who we are to the SMSC; at most 15 characters."},
    {"password", conf_take_text, LINK(bind.password), 0, 8, .initial = "",
     .doc = "At most 8 characters; better in a password_file."},
    {"password_file", conf_take_path, LINK(password_file), 0, 4000, .initial = "",
     .doc = "File whose first line is the password, mode 0640 or stricter."},
    {"system_type", conf_take_text, LINK(bind.system_type), 0, 12, .initial = "",
     .doc = "As the SMSC's operator says."},
    {"address_range", conf_take_text, LINK(bind.address_range), 0, 40, .initial = "",
     .doc = "Of the bind; usually empty."},
    {"service_type", conf_take_text, LINK(bind.service_type), 0, 5, .initial = "",
     .doc = "Of each message; usually empty."},
    {"codes", conf_take_codes, LINK(codes), .doc = "The short codes this link carries."},
    {"source_ton", conf_take_u8, LINK(bind.source_ton), 0, 6, .initial = "0",
     .doc = "Type of number of a short code (SMPP 3.4, 5.2.5)."},
    {"source_npi", conf_take_npi, LINK(bind.source_npi), 0, 255, .initial = "1",
     .doc = "Its numbering plan (5.2.6)."},
    {"destination_ton", conf_take_u8, LINK(bind.destination_ton), 0, 6, .initial = "1",
     .doc = "Type of number of a mobile: 1 with international numbers, 2 with national ones."},
    {"destination_npi", conf_take_npi, LINK(bind.destination_npi), 0, 255, .initial = "1",
     .doc = "Its numbering plan."},
    {"numbers", conf_take_flag, LINK(international), .words = numbers, .initial = "international",
     .doc = "Mobiles on the air: international is 1 and ten digits, national the ten digits."},
    {"data_coding", conf_take_u8, LINK(text.data_coding), 0, 255, .initial = "0",
     .doc = "data_coding of a text in the default alphabet."},
    {"alphabet", conf_take_word, LINK(text.charset), .words = alphabets, .initial = "gsm7",
     .doc = "What the SMSC means by its default alphabet: gsm7, latin1 or ascii."},
    {"letters", conf_take_word, LINK(letters), .words = link_letters, .initial = "default",
     .doc = "Letters outside GSM-7 on this link: translit, spanish or unicode; default: as said "
            "above all links."},
    {"long_messages", conf_take_word, LINK(text.parts), .words = long_messages, .initial = "udh",
     .doc = "How the parts of a long text are marked: udh by a header in each, sar by TLVs; "
            "payload sends the text whole, in message_payload."},
    {"reference", conf_take_flag, LINK(text.ref16), .words = references, .initial = "8",
     .doc = "Bits of the parts' common reference: 8 or 16."},
    {"receipts", conf_take_truth, LINK(receipts), .initial = "yes",
     .doc = "Whether delivery receipts are asked for; where not, one that comes all the same tells "
            "nobody anything."},
    {"smsc", conf_take_text, LINK(smsc), 0, 64, .initial = "",
     .doc = "Name of the SMSC behind this link, the same for links to several hosts of one: over "
            "each of them come the receipts of all; empty: host and port."},
    {"window", conf_take_number, LINK(bind.window), 1, LINK_WINDOW_MAX, .initial = "10",
     .doc = "Messages sent and not yet answered by the SMSC."},
    {"rate", conf_take_real, LINK(bind.rate), 0, 1000000, .initial = "0",
     .doc = "SMS a second the SMSC allows; 0: found out and followed."},
    {"priority", conf_take_number, LINK(bind.priority), 0, 1000, .initial = "0",
     .doc = "The link with the lowest number is used first, the next for what it has no room for; "
            "among equals all are."},
    {"delivers", conf_take_number, LINK(bind.delivers), 1, LINK_DELIVERS_MAX, .initial = "1000",
     .doc = "Answers received from this SMSC and not yet acknowledged."},
    {"enquire", conf_take_time32, LINK(bind.enquire_ms), MS(100), HOURS(1), .initial = "20s",
     .doc = "Silence after which the SMSC is asked whether it is still there."},
    {"connect_timeout", conf_take_time32, LINK(bind.connect_ms), MS(100), MINUTES(10),
     .initial = "10s", .doc = "For TCP and TLS."},
    {"bind_timeout", conf_take_time32, LINK(bind.bind_ms), MS(100), MINUTES(10), .initial = "10s",
     .doc = "For the answer to the login."},
    {"response_timeout", conf_take_time32, LINK(bind.response_ms), MS(100), MINUTES(10),
     .initial = "30s", .doc = "For the answer to anything else."},
    {"retry_min", conf_take_time32, LINK(bind.backoff_min_ms), MS(10), HOURS(1), .initial = "1s",
     .doc = "First pause before connecting again."},
    {"retry_max", conf_take_time32, LINK(bind.backoff_max_ms), MS(10), HOURS(1), .initial = "30s",
     .doc = "To which the pauses grow."},
    {"retry_refused", conf_take_time32, LINK(bind.refused_ms), MS(10), HOURS(24), .initial = "1min",
     .doc = "Pause after the SMSC refused the login."},
};

static const struct conf_key price[] = {
    {"price", conf_take_money, offsetof(struct charge_tariff, price), 0, 1000000000,
     .initial = "1.00", .doc = "Pesos for one SMS of an answer, without taxes."},
    {"taxes", conf_take_taxes, 0, .initial = "ITBIS 18, ISC 10, CDT 2",
     .doc = "Each tax with its percentage of the price."},
};

#define KEYS(table) table, sizeof table / sizeof *table
const struct conf_section conf_sections[] = {
    [CONF_TOP] = {"", KEYS(top)},
    [CONF_LINK] = {"link", KEYS(link)},
    [CONF_PRICE] = {"price", KEYS(price)},
};
const unsigned conf_sections_count = sizeof conf_sections / sizeof *conf_sections;
