// Build-time program: prints the outlines of the code's symbols as C, from the TrueType files
// given. FreeType is needed here alone; nothing of a font stands in the tree.
#include "mod_smsinteractivo/captcha/alphabet.h"
#include "mod_smsinteractivo/captcha/outline.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_MOST = 60000, CONTOURS_MOST = 4000, OUTLINES_MOST = 512, EDGE_LONGEST = 110 };

static int16_t points[POINTS_MOST][2];
static uint16_t contour_ends[CONTOURS_MOST];
static struct outline drawn[OUTLINES_MOST];
static unsigned point_count, contour_count, outline_count;
static double scale; // font units to ours
static double pen_x, pen_y;

static void point_add(double x, double y)
{
    if (point_count == POINTS_MOST)
        exit(fprintf(stderr, "outlines: more than %d points\n", POINTS_MOST));
    points[point_count][0] = (int16_t)lround(x * scale);
    points[point_count][1] = (int16_t)lround(y * scale);
    point_count++;
    pen_x = x;
    pen_y = y;
}

static void contour_close(void)
{
    const struct outline *outline = &drawn[outline_count];
    if (point_count > outline->point)
        contour_ends[contour_count++] = (uint16_t)(point_count - outline->point);
}

static int on_move(const FT_Vector *to, void *unused)
{
    (void)unused;
    contour_close();
    point_add((double)to->x, (double)to->y);
    return 0;
}

// Adds the curve from the pen through two control points in pieces short enough to be bent.
static void curve_add(double x1, double y1, double x2, double y2, double x3, double y3)
{
    double x0 = pen_x, y0 = pen_y;
    double length = hypot(x1 - x0, y1 - y0) + hypot(x2 - x1, y2 - y1) + hypot(x3 - x2, y3 - y2);
    int pieces = (int)ceil(length * scale / EDGE_LONGEST);
    for (int i = 1; i <= pieces; i++) {
        double t = (double)i / pieces, u = 1 - t;
        point_add(u * u * u * x0 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t * x3,
                  u * u * u * y0 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t * y3);
    }
}

static int on_line(const FT_Vector *to, void *unused)
{
    (void)unused;
    double x = (double)to->x, y = (double)to->y;
    curve_add(pen_x + (x - pen_x) / 3, pen_y + (y - pen_y) / 3, pen_x + (x - pen_x) * 2 / 3,
              pen_y + (y - pen_y) * 2 / 3, x, y);
    return 0;
}

static int on_conic(const FT_Vector *control, const FT_Vector *to, void *unused)
{
    (void)unused;
    double cx = (double)control->x, cy = (double)control->y;
    double x = (double)to->x, y = (double)to->y;
    curve_add(pen_x + (cx - pen_x) * 2 / 3, pen_y + (cy - pen_y) * 2 / 3, x + (cx - x) * 2 / 3,
              y + (cy - y) * 2 / 3, x, y);
    return 0;
}

static int on_cubic(const FT_Vector *a, const FT_Vector *b, const FT_Vector *to, void *unused)
{
    (void)unused;
    curve_add((double)a->x, (double)a->y, (double)b->x, (double)b->y, (double)to->x, (double)to->y);
    return 0;
}

static void outline_measure(struct outline *outline)
{
    int left = 32767, right = -32768, bottom = 32767, top = -32768;
    for (unsigned i = outline->point; i < point_count; i++) {
        left = points[i][0] < left ? points[i][0] : left;
        right = points[i][0] > right ? points[i][0] : right;
        bottom = points[i][1] < bottom ? points[i][1] : bottom;
        top = points[i][1] > top ? points[i][1] : top;
    }
    for (unsigned i = outline->point; i < point_count; i++)
        points[i][0] = (int16_t)(points[i][0] - left);
    outline->width = (int16_t)(right - left);
    outline->bottom = (int16_t)bottom;
    outline->top = (int16_t)top;
}

static void outline_add(FT_Face face, char form)
{
    static const FT_Outline_Funcs pens = {
        .move_to = on_move, .line_to = on_line, .conic_to = on_conic, .cubic_to = on_cubic};
    if (outline_count == OUTLINES_MOST)
        exit(fprintf(stderr, "outlines: more than %d outlines\n", OUTLINES_MOST));
    struct outline *outline = &drawn[outline_count];
    *outline = (struct outline){
        .form = form, .point = (uint16_t)point_count, .contour = (uint16_t)contour_count};
    if (FT_Load_Char(face, (FT_ULong)form, FT_LOAD_NO_SCALE) ||
        FT_Outline_Decompose(&face->glyph->outline, &pens, NULL))
        exit(fprintf(stderr, "outlines: no outline for '%c'\n", form));
    contour_close();
    outline->points = (uint16_t)(point_count - outline->point);
    outline->contours = (uint16_t)(contour_count - outline->contour);
    outline_measure(outline);
    outline_count++;
}

static void face_add(FT_Library library, const char *path)
{
    FT_Face face;
    if (FT_New_Face(library, path, 0, &face) || FT_Load_Char(face, 'H', FT_LOAD_NO_SCALE))
        exit(fprintf(stderr, "outlines: cannot read the font %s\n", path));
    scale = OUTLINE_CAP_HEIGHT / (double)face->glyph->metrics.height;
    for (const char *form = ALPHABET_FORMS; *form; form++)
        outline_add(face, *form);
    FT_Done_Face(face);
}

static void outlines_print(unsigned faces)
{
    printf("// Made by outlines.c.\n#include \"mod_smsinteractivo/captcha/outline.h\"\n");
    printf("const unsigned outline_faces = %u, outline_forms = %zu;\n", faces,
           strlen(ALPHABET_FORMS));
    printf("const struct outline outlines[] = {\n");
    for (unsigned i = 0; i < outline_count; i++) {
        const struct outline *o = &drawn[i];
        printf("    {'%c', %u, %u, %u, %u, %d, %d, %d},\n", o->form, o->point, o->points,
               o->contour, o->contours, o->width, o->bottom, o->top);
    }
    printf("};\nconst uint16_t outline_contour_ends[] = {\n");
    for (unsigned i = 0; i < contour_count; i++)
        printf("%u,%c", contour_ends[i], i % 16 == 15 ? '\n' : ' ');
    printf("};\nconst int16_t outline_points[][2] = {\n");
    for (unsigned i = 0; i < point_count; i++)
        printf("{%d, %d},%c", points[i][0], points[i][1], i % 8 == 7 ? '\n' : ' ');
    printf("};\n");
}

int main(int argc, char **argv)
{
    FT_Library library;
    if (argc < 2 || FT_Init_FreeType(&library))
        exit(fprintf(stderr, "usage: outlines FONT.ttf... > outlines.c\n"));
    for (int i = 1; i < argc; i++)
        face_add(library, argv[i]);
    outlines_print((unsigned)argc - 1);
    FT_Done_FreeType(library);
    return fflush(stdout) ? 1 : 0;
}
