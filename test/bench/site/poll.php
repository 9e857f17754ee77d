<?php // The idle poll as a site would write it: one get over a kept connection, one small answer.
$store = new Memcached('poll');
if (!$store->getServerList()) {
    $store->addServer(getenv('STORE') ?: $_SERVER['STORE'], 0);
}
$transcript = $store->get($_SERVER['QUERY_STRING']);
header('Content-Type: application/json');
header('Cache-Control: no-store');
if ($transcript === false) {
    http_response_code(410);
    exit;
}
$answer = ['cursor' => 0, 'expires_in' => 0, 'conversations' => [], 'events' => []];
foreach (explode("\n", $transcript) as $line) {
    $words = explode(' ', $line);
    $fields = [];
    foreach (array_slice($words, 1) as $word) {
        [$name, $value] = explode('=', $word, 2) + [1 => ''];
        $fields[$name] = rawurldecode($value);
    }
    if ($words[0] === 'transcript') {
        $answer['cursor'] = (int)($fields['last'] ?? 0);
    } elseif ($words[0] === 'conversation') {
        $answer['conversations'][] = $fields;
    }
}
echo json_encode($answer);
