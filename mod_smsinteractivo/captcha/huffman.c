// Huffman codes: the two rarest are joined again and again, which gives each symbol its length; the
// codes of one length then stand in the order of their symbols.
#include "mod_smsinteractivo/captcha/huffman.h"

#include <string.h>

struct tree {
    uint32_t leaf[HUFFMAN_SYMBOLS]; // count << 16 | symbol, the rarest first
    unsigned leaves;
    uint32_t weight[HUFFMAN_SYMBOLS]; // of the nodes, which are made rarest first, too
    uint16_t leaf_parent[HUFFMAN_SYMBOLS], node_parent[HUFFMAN_SYMBOLS];
};

static void leaves_sort(uint32_t *leaf, unsigned leaves)
{
    for (unsigned gap = 57; gap; gap = gap * 3 / 7) { // Shell's sort
        for (unsigned i = gap; i < leaves; i++) {
            uint32_t moved = leaf[i];
            unsigned to = i;
            for (; to >= gap && leaf[to - gap] > moved; to -= gap)
                leaf[to] = leaf[to - gap];
            leaf[to] = moved;
        }
    }
}

static void leaves_take(struct tree *tree, const uint16_t *count, unsigned symbols)
{
    tree->leaves = 0;
    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        if (count[symbol])
            tree->leaf[tree->leaves++] = (uint32_t)count[symbol] << 16 | symbol;
    }
    leaves_sort(tree->leaf, tree->leaves);
}

static void leaves_join(struct tree *tree)
{
    unsigned leaf = 0, node = 0;
    for (unsigned made = 0; made + 1 < tree->leaves; made++) {
        tree->weight[made] = 0;
        for (int two = 0; two < 2; two++) {
            if (leaf < tree->leaves &&
                (node == made || tree->leaf[leaf] >> 16 <= tree->weight[node])) {
                tree->weight[made] += tree->leaf[leaf] >> 16;
                tree->leaf_parent[leaf++] = (uint16_t)made;
            } else {
                tree->weight[made] += tree->weight[node];
                tree->node_parent[node++] = (uint16_t)made;
            }
        }
    }
}

// Returns the longest length.
static unsigned lengths_put(const struct tree *tree, uint8_t *length)
{
    uint8_t depth[HUFFMAN_SYMBOLS] = {0};
    unsigned longest = 0, root = tree->leaves - 2;
    for (unsigned node = root; node-- > 0;)
        depth[node] = (uint8_t)(depth[tree->node_parent[node]] + 1);
    for (unsigned i = 0; i < tree->leaves; i++) {
        unsigned bits = depth[tree->leaf_parent[i]] + 1u;
        length[tree->leaf[i] & 0xffff] = (uint8_t)bits;
        longest = bits > longest ? bits : longest;
    }
    return longest;
}

static uint16_t bits_turned(unsigned code, unsigned bits)
{
    unsigned turned = 0;
    for (; bits > 0; bits--, code >>= 1)
        turned = turned << 1 | (code & 1);
    return (uint16_t)turned;
}

static void codes_put(struct huffman *huffman, unsigned symbols)
{
    unsigned of_length[HUFFMAN_LONGEST + 1] = {0}, next[HUFFMAN_LONGEST + 1] = {0};
    for (unsigned symbol = 0; symbol < symbols; symbol++)
        of_length[huffman->length[symbol]]++;
    of_length[0] = 0;
    for (unsigned bits = 1; bits <= HUFFMAN_LONGEST; bits++)
        next[bits] = (next[bits - 1] + of_length[bits - 1]) << 1;
    for (unsigned symbol = 0; symbol < symbols; symbol++) {
        unsigned bits = huffman->length[symbol];
        if (bits)
            huffman->code[symbol] = bits_turned(next[bits]++, bits);
    }
}

void huffman_make(struct huffman *huffman, uint16_t *count, unsigned symbols, unsigned longest)
{
    struct tree tree;
    memset(huffman, 0, sizeof *huffman);
    for (;;) {
        leaves_take(&tree, count, symbols);
        leaves_join(&tree);
        if (lengths_put(&tree, huffman->length) <= longest)
            break;
        for (unsigned symbol = 0; symbol < symbols; symbol++)
            count[symbol] = (uint16_t)((count[symbol] + 1) / 2);
    }
    codes_put(huffman, symbols);
}
