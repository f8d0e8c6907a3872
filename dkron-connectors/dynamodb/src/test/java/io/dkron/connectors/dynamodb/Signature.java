package io.dkron.connectors.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether a request is signed by the owner of one access key: AWS's Signature Version 4, which moto does not look at.
 *
 * @param id of the access key
 * @param secret of the access key
 */
record Signature(String id, String secret) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final Pattern AUTHORIZATION = Pattern.compile(ALGORITHM
            + " Credential=([^/]+)/([^/]+)/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\\w+)");

    /** DynamoDB's name of what is wrong; empty for nothing. */
    Optional<String> fault(HttpExchange exchange, byte[] body) {
        Matcher said = AUTHORIZATION.matcher(header(exchange, "Authorization"));
        if (!said.matches()) {
            return Optional.of("MissingAuthenticationTokenException");
        }
        if (!said.group(1).equals(id)) {
            return Optional.of("UnrecognizedClientException");
        }
        String headers = Arrays.stream(said.group(5).split(";"))
                .map(name -> name + ":" + header(exchange, name).strip() + "\n")
                .collect(Collectors.joining());
        String request = String.join("\n", exchange.getRequestMethod(), "/", "", headers, said.group(5), hash(body));
        String scope = String.join("/", said.group(2), said.group(3), said.group(4), "aws4_request");
        String text =
                String.join("\n", ALGORITHM, header(exchange, "X-amz-date"), scope, hash(request.getBytes(UTF_8)));
        byte[] key = ("AWS4" + secret).getBytes(UTF_8);
        for (String part : scope.split("/")) {
            key = mac(key, part);
        }
        return HexFormat.of().formatHex(mac(key, text)).equals(said.group(6))
                ? Optional.empty()
                : Optional.of("InvalidSignatureException");
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
