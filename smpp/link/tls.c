/* OpenSSL set up as a client that trusts nobody by default. */
#include <arpa/inet.h>
#include <stdio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include "smpp/link/tls.h"

static const char *error_text(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    return text ? text : "no reason given";
}

static SSL_CTX *refuse(SSL_CTX *context, char *why, size_t room, const char *what, const char *file)
{
    snprintf(why, room,
             "%s %s cannot be used (%s); check the path and that it is PEM, without a "
             "pass phrase",
             what, file, error_text());
    SSL_CTX_free(context);
    return NULL;
}

/* A key that is encrypted would be asked for at a terminal, and all of smppd wait
 * for the answer. */
static int no_pass_phrase(char *out, int room, int writes, void *ctx)
{
    (void)out, (void)room, (void)writes, (void)ctx;
    return -1;
}

SSL_CTX *tls_context(const struct link_tls *tls, char *why, size_t room)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return refuse(NULL, why, room, "TLS", "library");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
    int trusted = tls->ca ? SSL_CTX_load_verify_file(context, tls->ca)
                          : SSL_CTX_set_default_verify_paths(context);
    if (trusted != 1)
        return refuse(context, why, room, "CA file", tls->ca ? tls->ca : "of the system");
    if (tls->cert && SSL_CTX_use_certificate_chain_file(context, tls->cert) != 1)
        return refuse(context, why, room, "certificate", tls->cert);
    const char *key = tls->key ? tls->key : tls->cert;
    if (key && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return refuse(context, why, room, "key", key);
    if (tls->cert && SSL_CTX_check_private_key(context) != 1)
        return refuse(context, why, room, "key that is not the certificate's:", key);
    return context;
}

/* An address is verified as an address and sends no SNI (RFC 6066, 3). */
static int name_set(SSL *session, const char *name)
{
    unsigned char octets[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, name, octets) == 1 || inet_pton(AF_INET6, name, octets) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name);
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(session, name) == 1 && SSL_set_tlsext_host_name(session, name) == 1;
}

SSL *tls_session(SSL_CTX *context, const struct link_tls *tls, const char *host)
{
    SSL *session = SSL_new(context);
    if (session && name_set(session, tls->name ? tls->name : host) != 1) {
        SSL_free(session);
        session = NULL;
    }
    return session;
}

void tls_reason(SSL *session, unsigned long err, char *why, size_t room)
{
    long verified = session ? SSL_get_verify_result(session) : X509_V_OK;
    const char *text = err ? ERR_reason_error_string(err) : NULL;
    if (verified != X509_V_OK)
        snprintf(why, room, "the SMSC's certificate is not accepted: %s",
                 X509_verify_cert_error_string(verified));
    else
        snprintf(why, room, "TLS failed: %s", text ? text : "connection closed");
}
