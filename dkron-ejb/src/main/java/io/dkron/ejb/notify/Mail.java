package io.dkron.ejb.notify;

import io.dkron.core.notification.NoticeText;
import io.dkron.core.template.Template;
import jakarta.mail.Address;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Sends mails by SMTP, one connection each. TLS is begun where the server offers it, and has to be where a password is to be
 * sent to another machine.
 */
final class Mail implements Sender {
    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "::1");

    /**
     * How to reach the server and what to write.
     *
     * @param user and password; without either none is sent
     * @param payload of the body; empty for the output
     */
    record Config(
            String host,
            int port,
            String user,
            String password,
            String from,
            String subjectPrefix,
            Optional<Template> payload) {
        Config {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(password, "password");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(subjectPrefix, "subjectPrefix");
            Objects.requireNonNull(payload, "payload");
        }

        boolean signsIn() {
            return !user.isEmpty() && !password.isEmpty();
        }

        @Override
        public String toString() {
            return "Config[" + host + ":" + port + "]";
        }
    }

    private final Config config;
    private final ScheduledExecutorService later;
    private final Duration limit;

    /** @param later closes connections whose time is over */
    Mail(Config config, ScheduledExecutorService later, Duration limit) {
        this.config = Objects.requireNonNull(config, "config");
        this.later = Objects.requireNonNull(later, "later");
        this.limit = Objects.requireNonNull(limit, "limit");
    }

    @Override
    public void send(Message message) throws NotDeliveredException {
        CuttableSockets sockets = new CuttableSockets();
        ScheduledFuture<?> cut = later.schedule(sockets::cut, limit.toMillis(), TimeUnit.MILLISECONDS);
        Session session = Session.getInstance(properties(sockets));
        try (Transport transport = session.getTransport("smtp")) {
            MimeMessage mail = compose(session, message);
            if (config.signsIn()) {
                transport.connect(config.host(), config.port(), config.user(), config.password());
            } else {
                transport.connect(config.host(), config.port(), null, null);
            }
            transport.sendMessage(mail, mail.getAllRecipients());
        } catch (AddressException e) {
            throw new NotDeliveredException("no mail address: " + e.getRef() + ": " + e.getMessage(), e);
        } catch (MessagingException e) {
            throw new NotDeliveredException(
                    sockets.isCut() ? "the mail server took longer than " + limit.toMillis() / 1000.0 + "s" : reason(e),
                    e);
        } finally {
            cut.cancel(false);
        }
    }

    private Properties properties(CuttableSockets sockets) {
        String time = Long.toString(limit.toMillis());
        Properties mail = new Properties();
        mail.setProperty("mail.smtp.connectiontimeout", time);
        mail.setProperty("mail.smtp.timeout", time);
        mail.setProperty("mail.smtp.quitwait", "false");
        mail.setProperty("mail.smtp.starttls.enable", "true");
        mail.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        mail.put("mail.smtp.socketFactory", sockets);
        mail.setProperty("mail.smtp.socketFactory.fallback", "false");
        if (config.signsIn()) {
            mail.setProperty("mail.smtp.auth", "true");
            mail.setProperty("mail.smtp.auth.mechanisms", "PLAIN");
            mail.setProperty("mail.smtp.starttls.required", Boolean.toString(!HERE.contains(config.host())));
        }
        return mail;
    }

    private MimeMessage compose(Session session, Message message) throws MessagingException {
        MimeMessage mail = new Keyed(session, message.key());
        mail.setFrom(new InternetAddress(config.from()));
        Address[] recipients = InternetAddress.parse(message.notice().recipient(), true);
        mail.setRecipients(RecipientType.TO, recipients);
        String charset = StandardCharsets.UTF_8.name();
        mail.setSubject(
                NoticeText.title(config.subjectPrefix(), message.notice().subject()), charset);
        mail.setSentDate(Date.from(message.notice().due()));
        mail.setHeader("Auto-Submitted", "auto-generated"); // no answer of an absent person
        mail.setText(config.payload().map(message::render).orElse(message.output()), charset);
        mail.saveChanges();
        return mail;
    }

    /** What the server said is part of it, and what it may have been told is not. */
    private static String reason(MessagingException fault) {
        Exception next = fault.getNextException();
        String first = String.valueOf(fault.getMessage()).strip();
        boolean more = next != null && next.getMessage() != null && !first.contains(next.getMessage());
        return (more ? first + ": " + next.getMessage().strip() : first).replaceAll("\\s+", " ");
    }

    /** A mail whose id says that it is the same, however often it is sent. */
    private static final class Keyed extends MimeMessage {
        private final String key;

        Keyed(Session session, String key) {
            super(session);
            this.key = key;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + key.replaceAll("[^A-Za-z0-9._-]", "=") + "@dkron>");
        }
    }
}
