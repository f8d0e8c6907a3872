package io.dkron.ejb.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A mail server on every loopback address that offers STARTTLS, and sign-in by PLAIN. It takes everything, and keeps each line
 * that it heard, those in TLS apart.
 */
final class StartTlsServer implements AutoCloseable {
    final List<String> open = new CopyOnWriteArrayList<>();
    final List<String> secured = new CopyOnWriteArrayList<>();
    private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getByName("0.0.0.0"));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SSLContext tls;

    /** @param tls shows the server's certificate */
    StartTlsServer(SSLContext tls) throws IOException {
        this.tls = tls;
        threads.execute(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (!socket.isClosed()) {
                Socket client = socket.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            say(client, "220 test");
            if (talk(client, open)) {
                try (SSLSocket upgraded = (SSLSocket) tls.getSocketFactory().createSocket(client, null, false)) {
                    talk(upgraded, secured);
                }
            }
        } catch (IOException e) {
            // the client went away, as it does when it does not believe the certificate
        }
    }

    /** Answers until the end; true if TLS is to begin. */
    private static boolean talk(Socket client, List<String> heard) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
        boolean message = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            heard.add(line);
            String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
            if (message) {
                message = !line.equals(".");
                if (!message) {
                    say(client, "250 taken");
                }
            } else if (verb.equals("STARTTLS")) {
                say(client, "220 go on");
                return true;
            } else if (verb.equals("DATA")) {
                message = true;
                say(client, "354 go on");
            } else if (verb.equals("EHLO")) {
                say(client, "250-test\r\n250-AUTH PLAIN\r\n250 " + (client instanceof SSLSocket ? "HELP" : "STARTTLS"));
            } else {
                say(client, verb.equals("AUTH") ? "235 welcome" : "250 fine");
            }
        }
        return false;
    }

    private static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write((text + "\r\n").getBytes(UTF_8));
        client.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
