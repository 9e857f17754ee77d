// The handset page: three files compiled in, served under a strict Content-Security-Policy.
#include <event2/buffer.h>
#include <event2/http.h>
#include <stdint.h>
#include <string.h>

#include "test/smsc/http.h"

// The assembler reads the file, so the page stays a page in the tree and nothing is looked for at
// run time.
#define EMBED(symbol, file)                                                                        \
    __asm__(".pushsection .rodata\n" #symbol ":\n.incbin \"" file "\"\n" #symbol                   \
            "_end:\n.byte 0\n.popsection");                                                        \
    extern const char symbol[], symbol##_end[]

EMBED(handset_html, "test/smsc/page/handset.html");
EMBED(handset_css, "test/smsc/page/handset.css");
EMBED(handset_js, "test/smsc/page/handset.js");

static const struct {
    const char *path, *type, *start, *end;
} files[] = {
    {"/", "text/html; charset=utf-8", handset_html, handset_html_end},
    {"/handset.css", "text/css; charset=utf-8", handset_css, handset_css_end},
    {"/handset.js", "text/javascript; charset=utf-8", handset_js, handset_js_end},
};

bool page_proceed(struct exchange *x)
{
    static const struct {
        const char *name, *value;
    } headers[] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
         "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "no-cache"},
    };
    struct evkeyvalq *out = evhttp_request_get_output_headers(x->request);

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (x->method != HTTP_GET || strcmp(files[i].path, x->path))
            continue;
        for (size_t h = 0; h < sizeof headers / sizeof *headers; h++)
            evhttp_add_header(out, headers[h].name, headers[h].value);
        evhttp_add_header(out, "Content-Type", files[i].type);
        evbuffer_add_reference(x->body, files[i].start, (size_t)(files[i].end - files[i].start),
                               NULL, NULL);
        evhttp_send_reply(x->request, 200, NULL, x->body);
        return true;
    }
    return false;
}
