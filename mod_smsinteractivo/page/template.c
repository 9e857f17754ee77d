/* A template is a list of operations; a section's opening knows where its end stands. */
#include "mod_smsinteractivo/page/template.h"

#include <apr_strings.h>
#include <apr_tables.h>
#include <stdbool.h>
#include <string.h>

enum op_kind { OP_TEXT, OP_VALUE, OP_RAW, OP_SECTION, OP_INVERTED, OP_END };

struct op {
    enum op_kind kind;
    const char *text; /* literal text, or the name */
    apr_size_t len;
    int end; /* of a section: the index of its OP_END */
};

struct template
{
    apr_array_header_t *ops;
};

enum { SECTIONS_DEEP = 8 };

struct compiler {
    apr_pool_t *pool;
    struct template *template;
    const struct catalogue *catalogue;
    const char *const *names;
    int open[SECTIONS_DEEP], depth;
    const char *fault;
};

static struct op *op_add(struct compiler *compiler, enum op_kind kind, const char *text, size_t len)
{
    struct op *op = apr_array_push(compiler->template->ops);
    *op = (struct op){.kind = kind, .text = text, .len = len};
    return op;
}

static const char *html_escape(apr_pool_t *pool, const char *text);

static void text_add(struct compiler *compiler, const char *key)
{
    const char *text = catalogue_text(compiler->catalogue, key);
    if (!text) {
        compiler->fault = apr_psprintf(compiler->pool, "no text has the key \"%s\"", key);
        return;
    }
    text = html_escape(compiler->pool, text);
    op_add(compiler, OP_TEXT, text, strlen(text));
}

static const char *name_find(struct compiler *compiler, const char *name)
{
    for (const char *const *known = compiler->names; *known; known++)
        if (strcmp(*known, name) == 0)
            return *known;
    compiler->fault = apr_psprintf(compiler->pool, "unknown name \"%s\"", name);
    return "";
}

static void section_open(struct compiler *compiler, enum op_kind kind, const char *name)
{
    if (compiler->depth == SECTIONS_DEEP) {
        compiler->fault = "too many sections inside of each other";
        return;
    }
    compiler->open[compiler->depth++] = compiler->template->ops->nelts;
    op_add(compiler, kind, name, strlen(name));
}

static void section_close(struct compiler *compiler, const char *name)
{
    struct op *opening = compiler->depth
                             ? &APR_ARRAY_IDX(compiler->template->ops,
                                              compiler->open[compiler->depth - 1], struct op)
                             : NULL;
    if (!opening || strcmp(opening->text, name) != 0) {
        compiler->fault =
            apr_psprintf(compiler->pool, "{{/%s}} closes a section that is not open", name);
        return;
    }
    opening->end = compiler->template->ops->nelts;
    compiler->depth--;
    op_add(compiler, OP_END, name, strlen(name));
}

/* One tag, its braces cut off. */
static void tag_take(struct compiler *compiler, char *tag, bool raw)
{
    char sign = *tag;
    if (strchr("#^/", sign) && sign)
        tag++;
    if (!raw && strncmp(tag, "t.", 2) == 0) {
        text_add(compiler, tag + 2);
        return;
    }
    const char *name = name_find(compiler, tag);
    if (sign == '#' || sign == '^')
        section_open(compiler, sign == '#' ? OP_SECTION : OP_INVERTED, name);
    else if (sign == '/')
        section_close(compiler, name);
    else
        op_add(compiler, raw ? OP_RAW : OP_VALUE, name, strlen(name));
}

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

const struct template *template_compile(apr_pool_t *pool, const char *text,
                                        const struct catalogue *catalogue, const char *const *names,
                                        const char **error)
{
    struct template *template = apr_palloc(pool, sizeof *template);
    struct compiler compiler = {pool, template, catalogue, names, {0}, 0, NULL};
    const char *at = text;
    template->ops = apr_array_make(pool, 256, sizeof(struct op));
    while (!compiler.fault) {
        const char *tag = strstr(at, "{{");
        size_t plain = tag ? (size_t)(tag - at) : strlen(at);
        if (plain)
            op_add(&compiler, OP_TEXT, apr_pstrmemdup(pool, at, plain), plain);
        if (!tag)
            break;
        bool raw = tag[2] == '{';
        const char *name = tag + (raw ? 3 : 2), *end = strstr(name, raw ? "}}}" : "}}");
        at = tag;
        if (!end || end == name || end - name > 64) {
            compiler.fault = "a tag is not closed";
            break;
        }
        tag_take(&compiler, apr_pstrmemdup(pool, name, (size_t)(end - name)), raw);
        if (!compiler.fault)
            at = end + (raw ? 3 : 2);
    }
    if (!compiler.fault && compiler.depth)
        compiler.fault = apr_psprintf(
            pool, "the section \"%s\" is not closed",
            APR_ARRAY_IDX(template->ops, compiler.open[compiler.depth - 1], struct op).text);
    *error = compiler.fault ? apr_psprintf(pool, "line %u: %s", line_of(text, at), compiler.fault)
                            : NULL;
    return compiler.fault ? NULL : template;
}

/* What stands for a name: a value, or items (each a scope). */
struct slot {
    const char *name, *value;
    apr_array_header_t *items;
};

struct scope {
    apr_pool_t *pool;
    const struct scope *parent;
    apr_array_header_t *slots;
};

struct scope *scope_make(apr_pool_t *pool, const struct scope *parent)
{
    struct scope *scope = apr_palloc(pool, sizeof *scope);
    *scope = (struct scope){pool, parent, apr_array_make(pool, 12, sizeof(struct slot))};
    return scope;
}

static struct slot *slot_here(const struct scope *scope, const char *name)
{
    for (int i = 0; i < scope->slots->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(scope->slots, i, struct slot).name, name) == 0)
            return &APR_ARRAY_IDX(scope->slots, i, struct slot);
    return NULL;
}

void scope_put(struct scope *scope, const char *name, const char *value)
{
    struct slot *slot = slot_here(scope, name);
    if (!slot)
        slot = apr_array_push(scope->slots);
    *slot = (struct slot){.name = name, .value = value};
}

static const struct slot *slot_find(const struct scope *scope, const char *name)
{
    const struct slot *slot = NULL;
    for (; scope && !slot; scope = scope->parent)
        slot = slot_here(scope, name);
    return slot;
}

struct scope *scope_item(struct scope *scope, const char *name)
{
    struct slot *slot = slot_here(scope, name);
    if (!slot) {
        slot = apr_array_push(scope->slots);
        *slot = (struct slot){name, NULL, apr_array_make(scope->pool, 8, sizeof(struct scope *))};
    }
    struct scope *item = scope_make(scope->pool, scope);
    APR_ARRAY_PUSH(slot->items, struct scope *) = item;
    return item;
}

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static const char *html_escape(apr_pool_t *pool, const char *text)
{
    apr_size_t len = 1;
    for (const char *c = text; *c; c++)
        len += entity_of(*c) ? strlen(entity_of(*c)) : 1;
    char *out = apr_palloc(pool, len), *at = out;
    for (const char *c = text; *c; c++) {
        if (entity_of(*c))
            at = apr_cpystrn(at, entity_of(*c), 8);
        else
            *at++ = *c;
    }
    *at = '\0';
    return out;
}

static void put(apr_bucket_brigade *out, const char *text, size_t len)
{
    apr_brigade_write(out, NULL, NULL, text, len); /* cannot fail without a flush function */
}

static void fill(const struct template *template, int from, int to, const struct scope *scope,
                 apr_bucket_brigade *out);

static int section_fill(const struct template *template, int at, const struct scope *scope,
                        apr_bucket_brigade *out)
{
    const struct op *op = &APR_ARRAY_IDX(template->ops, at, struct op);
    const struct slot *slot = slot_find(scope, op->text);
    bool some = slot && ((slot->items && slot->items->nelts) || (slot->value && *slot->value));
    if (op->kind == OP_INVERTED ? !some : some && !slot->items)
        fill(template, at + 1, op->end, scope, out);
    else if (op->kind == OP_SECTION && some)
        for (int i = 0; i < slot->items->nelts; i++)
            fill(template, at + 1, op->end, APR_ARRAY_IDX(slot->items, i, struct scope *), out);
    return op->end;
}

static void fill(const struct template *template, int from, int to, const struct scope *scope,
                 apr_bucket_brigade *out)
{
    for (int i = from; i < to; i++) {
        const struct op *op = &APR_ARRAY_IDX(template->ops, i, struct op);
        if (op->kind == OP_TEXT) {
            put(out, op->text, op->len);
        } else if (op->kind == OP_VALUE || op->kind == OP_RAW) {
            const struct slot *slot = slot_find(scope, op->text);
            const char *value = slot && slot->value ? slot->value : "";
            if (op->kind == OP_VALUE)
                value = html_escape(scope->pool, value);
            put(out, value, strlen(value));
        } else if (op->kind != OP_END) {
            i = section_fill(template, i, scope, out);
        }
    }
}

void template_fill(const struct template *template, const struct scope *scope,
                   apr_bucket_brigade *out)
{
    fill(template, 0, template->ops->nelts, scope, out);
}
