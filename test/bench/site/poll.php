<?php // The idle poll as a site would write it: whose cookie it is, one get over a kept connection, one small answer.
$store = new Memcached('poll');
if (!$store->getServerList()) {
    $store->addServer(getenv('STORE') ?: $_SERVER['STORE'], 0);
}
$session = $_COOKIE['smsi'] ?? '';
$transcript = $store->get('smsi:t:' . substr($session, 0, 12) . substr(hash('sha256', $session), 0, 20));
header('Content-Type: application/json');
header('Cache-Control: no-store');
header('X-Content-Type-Options: nosniff');
if ($transcript === false) {
    http_response_code(410);
    exit;
}
$after = (int)($_GET['after'] ?? 0);
$left = fn($until) => max(0, (int)ceil($until / 1000 - microtime(true)));
$answer = ['cursor' => 0, 'expires_in' => 0, 'conversations' => [], 'events' => []];
foreach (explode("\n", $transcript) as $line) {
    $words = explode(' ', $line);
    $fields = [];
    foreach (array_slice($words, 1) as $word) {
        [$name, $value] = explode('=', $word, 2);
        $fields[$name] = rawurldecode($value);
    }
    if ($words[0] === 'transcript') {
        $answer['cursor'] = (int)$fields['last'];
        $answer['expires_in'] = $left($fields['until']);
    } elseif ($words[0] === 'conversation') {
        $answer['conversations'][] = ['id' => $fields['id'], 'to' => $fields['to'], 'name' => $fields['name'], 'code' => $fields['code'],
            'state' => $fields['state'], 'expires_in' => $left($fields['until']), 'unanswered' => (int)$fields['unanswered']];
    } elseif ($answer['cursor'] === $after) {
        break;
    } elseif ((int)$fields['n'] > $after) {
        $answer['events'][] = $fields;
    }
}
echo json_encode($answer);
