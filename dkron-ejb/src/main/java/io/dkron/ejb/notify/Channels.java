package io.dkron.ejb.notify;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.notification.HttpHeader;
import io.dkron.core.notification.NoticeText;
import io.dkron.core.template.Template;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** Which channels the settings set up, and their senders. */
public final class Channels {
    /** How long telling once may take. */
    public static final Duration LIMIT = Duration.ofSeconds(10);

    private Channels() {}

    /** Those that are on: their settings are there as far as they need each other. */
    public static Set<Channel> of(Settings settings) {
        Set<Channel> on = EnumSet.noneOf(Channel.class);
        if (has(settings, Setting.MAIL_HOST) && settings.integer(Setting.MAIL_PORT) > 0) {
            on.add(Channel.MAIL);
        }
        if (!settings.webhookEndpoint().isEmpty() && has(settings, Setting.WEBHOOK_PAYLOAD)) {
            on.add(Channel.WEBHOOK);
        }
        if (has(settings, Setting.PRE_WEBHOOK_ENDPOINT) && has(settings, Setting.PRE_WEBHOOK_PAYLOAD)) {
            on.add(Channel.PRE_WEBHOOK);
        }
        if (has(settings, Setting.CRONITOR_ENDPOINT)) {
            on.add(Channel.CRONITOR);
        }
        return on;
    }

    private static boolean has(Settings settings, Setting setting) {
        return !settings.string(setting).isEmpty();
    }

    /** A sender for each channel that is on. */
    static Map<Channel, Sender> senders(
            Settings settings, Executor workers, ScheduledExecutorService later, Duration limit) {
        Map<Channel, Sender> senders = new EnumMap<>(Channel.class);
        Set<Channel> on = of(settings);
        if (on.contains(Channel.MAIL)) {
            senders.put(Channel.MAIL, new Mail(mail(settings), later, limit));
        }
        if (on.equals(EnumSet.of(Channel.MAIL)) || on.isEmpty()) {
            return senders;
        }
        Http http = new Http(workers, limit);
        if (on.contains(Channel.WEBHOOK)) {
            senders.put(
                    Channel.WEBHOOK,
                    new Webhook(
                            http,
                            URI.create(settings.webhookEndpoint()),
                            template(settings, Setting.WEBHOOK_PAYLOAD),
                            headers(settings.webhookHeaders())));
        }
        if (on.contains(Channel.PRE_WEBHOOK)) {
            senders.put(
                    Channel.PRE_WEBHOOK,
                    new Webhook(
                            http,
                            URI.create(settings.string(Setting.PRE_WEBHOOK_ENDPOINT)),
                            template(settings, Setting.PRE_WEBHOOK_PAYLOAD),
                            headers(settings.list(Setting.PRE_WEBHOOK_HEADERS))));
        }
        if (on.contains(Channel.CRONITOR)) {
            senders.put(Channel.CRONITOR, new Cronitor(http, URI.create(settings.string(Setting.CRONITOR_ENDPOINT))));
        }
        return senders;
    }

    private static Mail.Config mail(Settings settings) {
        return new Mail.Config(
                settings.string(Setting.MAIL_HOST),
                settings.integer(Setting.MAIL_PORT),
                settings.string(Setting.MAIL_USERNAME),
                settings.string(Setting.MAIL_PASSWORD),
                settings.string(Setting.MAIL_FROM),
                settings.string(Setting.MAIL_SUBJECT_PREFIX),
                Optional.of(Setting.MAIL_PAYLOAD)
                        .filter(payload -> has(settings, payload))
                        .map(payload -> template(settings, payload)));
    }

    private static Template template(Settings settings, Setting setting) {
        return Template.parse(settings.string(setting), NoticeText.sample()).orThrow();
    }

    private static List<HttpHeader> headers(List<String> lines) {
        return lines.stream().map(HttpHeader::parse).flatMap(Optional::stream).toList();
    }
}
