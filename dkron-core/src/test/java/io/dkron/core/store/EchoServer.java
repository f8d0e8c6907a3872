package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Says back each line; counts those that begin with "mark", and says the count to "marks?". */
final class EchoServer {
    private static final AtomicInteger MARKS = new AtomicInteger();

    private EchoServer() {}

    /**
     * Serves until it is killed.
     *
     * @param args the port on loopback
     */
    public static void main(String[] args) throws IOException {
        try (ServerSocket socket =
                new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getByName("127.0.0.1"))) {
            while (true) {
                Socket client = socket.accept();
                new Thread(() -> serve(client)).start();
            }
        }
    }

    private static void serve(Socket client) {
        try (client;
                BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
            String line = in.readLine();
            while (line != null) {
                String answer = line.equals("marks?") ? Integer.toString(MARKS.get()) : line;
                if (line.startsWith("mark ")) {
                    MARKS.incrementAndGet();
                }
                client.getOutputStream().write((answer + "\n").getBytes(UTF_8));
                line = in.readLine();
            }
        } catch (IOException e) {
            System.out.println("connection ended: " + e);
        }
    }
}
