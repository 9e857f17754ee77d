// What makes a link on a handset, in every disguise, and what is a sentence as people type it.
#include "mod_smsinteractivo/guard/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void all_are(bool link, const char *const *texts, size_t count)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        if (url_is_in(texts[i]) == link)
            continue;
        print_error("%s \"%s\"\n", link ? "no link in" : "a link in", texts[i]);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}
#define LINKS(texts)    all_are(true, texts, sizeof(texts) / sizeof *(texts))
#define NO_LINKS(texts) all_are(false, texts, sizeof(texts) / sizeof *(texts))

// clang-format off
static void hosts_and_addresses_are_links(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "http://x", "mira HTTPS://evil.example", "www.x.y", "www evil", "hxxp evil", "entra a evil.com", "evil.com.do",
        "bit.ly/2abc", "EVIL.COM", "(evil.com)", "evil.com.", "evil.com, ya", "gana en premio.xyz ya",
        "claro-premio.ngo/abc", "evil.sbs/login", "evil.ai", "mira evil.lat", "//evil.bond", "1.2.3.4/x", "10.20.30.40",
        "ana@evil.com/x", "xn--fsq.xn--0zwm56d", "xn--e1afmkfd.xn--p1ai", "evil.tv", "evil.photos",
        "mira evil.support ya",
    };
    LINKS(texts);
}

static void a_letter_of_another_alphabet_hides_no_host(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\u0435vil.com", "ev\u200bil.com", "evil.c\u043em", "clar\u00f3.com", "evil\u3002com", "evil\uff0ecom",
        "evil\u00b7com", "evil\ufe12com", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "\u4e2d\u6587.com",
        "\u4e2d\u6587\u3002\u4e2d\u56fd/x",
    };
    LINKS(texts);
}

static void a_dot_in_disguise_is_a_dot(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "evil[.]com", "evil(.)com", "evil [ . ] com", "evil{dot}com", "evil (punto) com/x", "evil ( punto ) com",
        "evil (pto) com", "evil punto com", "evil  punto   com", "evil dot com", "evil punt0 com", "evil d0t com",
        "evil pto com", "evil-punto-com", "evil_punto_com", "evilpuntocom", "evil dotcom", "bit punto ly/abc",
        "wa punto me/1809", "evil . com", "evil .com", "evil .  com", "evil. net", "evil .top", "evil . app", "evil,com",
        "evil, com", "evil ; com", "evil:com/x", "evil'com", "evil!com", "evil|net", "evil*com", "evil~com", "evil,org",
        "evil..com", "evil...com", "evil com/promo", "evil,do/premio", "evil,xyz/premio", "evil . la/premio",
        "evil .me/abc", "e v i l . c o m", "evil . c o m",
    };
    LINKS(texts);
}

static void a_digit_in_a_domain_is_a_letter(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "evil.c0m", "evil.c0m/x", "evil,c0m", "evil . c0m", "evil punto c0m", "evil.n3t", "evil.0rg", "evil.1nfo",
        "evil.c1ick", "evil.t0p", "evil.corn",
    };
    LINKS(texts);
}

static void known_short_hosts_need_no_dot_before_a_path(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "bit,ly/x", "bit, ly/2abc", "bit ,ly/2abc", "bit;ly/2abc", "bit ly/2abc", "bit . ly/2abc", "bit. ly/2abc",
        "cutt,ly/abc", "is,gd/abc", "tinyurl com/abc", "wa,me/18095551234", "wa me/18095551234", "wa .me/18095551234",
        "ve a t,me/canal", "(t me/canal)",
    };
    LINKS(texts);
}

static void a_word_is_a_domain_where_no_sentence_goes_on(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "evil.me", "Gana ya en evil.me", "evil.me. Ya!", "entra a evil.me y gana", "evil.la!", "(evil.es)",
        "visita premio.in", "evil.de, es gratis", "x.evil.me te espera", "x.es/promo",
        "x.it/promo", "x.es?promo=1", "a.me:80", "evil.es/", "evil.me/?a=1", "fb.me/x12", "evil.no/premio",
    };
    LINKS(texts);
}

static void a_full_stop_without_a_blank_makes_no_host(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Hola.como estas", "Llego tarde.no me esperes", "ya voy.me falta poco", "¿vienes hoy.si?", "no quiero.sale manana",
        "voy.tu?", "la hora.mi: tres", "8.30pm en el bar.casa", "hola.bb todo.bn", "ok..me llamas y ya voy..no tardes",
        "no.no.no. Si.si.si, jaja.no.si.no", "fui.pk no se..ke haces.ke tal.mm bueno.td bien", "te amo.my love. It's late.it is",
        "bye.by the way.be good.at 5.im here", "el lunes.de una", "te quiero.mi amor", "¿y tu mama.la viste?", "no se.ni idea",
        "ok.de acuerdo", "jaja.se cayo", "llegue.al fin", "la casa.es grande y bonita", "espera.se me olvido", "dime.su nombre",
        "no..es que...", "no puedo.me...", "salu2.me voy", "covid19.no puedo ir", "covid19.me siento mal", "a las8.no tardes",
        "dile q.me llame", "xq.no vienes", "ven a casa.no tardes.te amo", "Ana-Maria.no vino", "Plan A.es mejor",
        "opcion b.la otra no", "Buenas.tv de 50 a la venta", "gracias.uy que frio", "hola.dj manana", "claro-rd.me te espera",
        "Ana-Maria.me llamo", "evil.no",
        "no vino.wtf", "lo siento mucho.rip", "gano diez.mil pesos", "y entonces..mil gracias", "ah...top",
        "si si si!....download completed", "¿puedes venir.si/no?", "quieres ir.si o no", "Juan.la/el que sea",
        "no vienes.si?dime", "ya voy.\U0001F600 ven", "\u0414\u0430.\u042f \u0438\u0434\u0443", "\u4f60\u597d\u3002\u6211\u5728",
    };
    NO_LINKS(texts);
}

static void abbreviations_numbers_and_units_make_no_host(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "EE.UU.", "EE.UU.es grande", "EE.UU.la visa me llego", "N.Y. es lejos", "vive en R.D.es de aqui",
        "M.J.R.de la Rosa te busca", "a las 8 p.m.me llamas", "a las 9 a.m.no tardes", "a las 8.30 p.m.",
        "a las 8.30.am son 2.lb", "8.30.am/9.30.am", "de 8.am/12.pm", "2.lb/3.lb", "a 120.km/h", "va a 120, km/hora no se",
        "1.5m/s", "son 2.500 pesos", "tengo 5.000 pesos", "son 1.234.567.890", "el 23.11.2026", "vale 1.2.3",
        "1.2.3.4 es un punto", "1ro.2do y 3ro.4to", "piso 3.4to a la izq", "version 2.0ok", "apto.5173", "RD$1.000.me debes",
        "10.no mas", "9.es tarde", "llama al 809-555-1234.me avisas", "c/u a 50.c/u", "y/o el/la a.m./p.m.",
        "Sr. Perez, Dra. Gomez y cia.", "Sr.Perez/Sra.Perez", "Dr.la cita", "Ing.es usted", "av.de la paz", "tel.me lo das",
        "escribe a ana@gmail.com",
    };
    NO_LINKS(texts);
}

static void commas_blanks_and_colons_of_a_sentence_are_no_dots(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Te espero en la tarde. Do re mi fa", "Ya voy. Media hora mas. Sale a las 5. Tel 8095551234. Lol",
        "Ya llegué. App de Uber no abre. Online tampoco. Top", "Hola,como estas", "falda,top y medias, app no",
        "te espero a las 3 en punto no tardes", "a punto de salir,son las 2", "punto y coma", "llama,Ana;ven:si",
        "voy com mi mama", "hola :) como dices tu: ven", "¿Vienes? ... si", "aqui esta:me lo dejo", "¡ven!la espero",
        "hola!me llamas", "pan,la leche", "a,b,c y d", "la app/web no abre", "uso la tienda, app/web no", "vendo: tv/radio y nevera",
        "internet, tv/cable", "t me olvidas", "wa me gusta", "net no tengo, luego te escribo", "a e i o u", "a . b . c",
        "plan a . no b",
    };
    NO_LINKS(texts);
}
// clang-format on

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_addresses_are_links),
        cmocka_unit_test(a_letter_of_another_alphabet_hides_no_host),
        cmocka_unit_test(a_dot_in_disguise_is_a_dot),
        cmocka_unit_test(a_digit_in_a_domain_is_a_letter),
        cmocka_unit_test(known_short_hosts_need_no_dot_before_a_path),
        cmocka_unit_test(a_word_is_a_domain_where_no_sentence_goes_on),
        cmocka_unit_test(a_full_stop_without_a_blank_makes_no_host),
        cmocka_unit_test(abbreviations_numbers_and_units_make_no_host),
        cmocka_unit_test(commas_blanks_and_colons_of_a_sentence_are_no_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
