#!/usr/bin/perl
# An SMSC made of Perl's Net::SMPP, which shares no code with us. Says its port, then serves each connection in a child: answers
# a submit_sm, sends its receipt, and to a text "responde X" an answer from the mobile: "responde partes" in two parts, "responde carga"
# as message_payload. "frena" is throttled, "rechaza" refused for good, after "adios" it unbinds; "nadie" may not log in.
use strict;
use warnings;
use Net::SMPP;

$SIG{CHLD} = 'IGNORE';
$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34, async => 1) or die "no port: $!";
print "port ", $listener->sockport, "\n";

my %binds = (0x1 => 'bind_receiver_resp', 0x2 => 'bind_transmitter_resp', 0x9 => 'bind_transceiver_resp');
my $serial = 0xA0;

sub deliver {
    my ($smpp, $submit, $class, $text) = @_;
    $smpp->deliver_sm(source_addr_ton => 1, source_addr_npi => 1, source_addr => $submit->{destination_addr},
        destination_addr => $submit->{source_addr}, esm_class => $class, short_message => $text);
}

# What a text asks for instead of an answer.
my %refusals = (frena => 0x58, rechaza => 0x0b);

sub answer {
    my ($smpp, $pdu, $what) = @_;
    if ($what eq 'partes') {
        deliver($smpp, $pdu, 0x40, "\5\0\3\7\2$_" . (' la primera', ' y la otra')[$_ eq "\1" ? 0 : 1]) for "\2", "\1";
    } elsif ($what eq 'carga') {
        $smpp->deliver_sm(source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
            destination_addr => $pdu->{source_addr}, short_message => '', message_payload => 'respuesta ' . 'x' x 400);
    } else {
        deliver($smpp, $pdu, 0, "respuesta $what");
    }
}

sub submitted {
    my ($smpp, $pdu) = @_;
    if (my $status = $refusals{$pdu->{short_message}}) {
        $smpp->submit_sm_resp(message_id => '', status => $status, seq => $pdu->{seq});
        return;
    }
    my $id = $serial++;
    $smpp->submit_sm_resp(message_id => sprintf('%X', $id), seq => $pdu->{seq});
    deliver($smpp, $pdu, 4, "id:$id sub:001 dlvrd:001 submit date:2611230001 done date:2611230002 stat:DELIVRD err:000 text:");
    answer($smpp, $pdu, $1) if $pdu->{short_message} =~ /responde (\S+)/;
    $smpp->unbind if $pdu->{short_message} eq 'adios';
}

sub serve {
    my ($smpp) = @_;
    while (my $pdu = $smpp->read_pdu) {
        my @seq = (seq => $pdu->{seq});
        if (my $bound = $binds{$pdu->{cmd}}) { $smpp->$bound(system_id => 'perl', status => $pdu->{system_id} eq 'nadie' ? 0x0f : 0, @seq) }
        elsif ($pdu->{cmd} == 0x4)  { submitted($smpp, $pdu) }
        elsif ($pdu->{cmd} == 0x15) { $smpp->enquire_link_resp(@seq) }
        elsif ($pdu->{cmd} == 0x6)  { $smpp->unbind_resp(@seq); return }
    }
}

while (1) {
    my $smpp = $listener->accept or next; # a child's end interrupts it
    my $pid = fork;
    serve($smpp), exit if defined $pid && $pid == 0;
    close $smpp;
}
