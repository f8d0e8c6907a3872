package io.dkron.ejb.notify;

import io.dkron.core.notification.Notice;
import io.dkron.core.notification.NoticeText;
import io.dkron.core.template.Template;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What is to be said, to be put into the form of a channel. Immutable.
 *
 * @param reporter the node that tells
 * @param output as it is stored
 */
record Message(Notice notice, String reporter, String output) {
    Message {
        Objects.requireNonNull(notice, "notice");
        Objects.requireNonNull(reporter, "reporter");
        Objects.requireNonNull(output, "output");
    }

    /** @throws io.dkron.core.template.TemplateException when a value does not fit where the template uses it */
    String render(Template template) {
        return template.render(NoticeText.fields(notice.subject(), reporter, output));
    }

    /** By which a receiver knows a repeated message; ASCII. Ids are unique within a job, so its name is part of it. */
    String key() {
        String job = URLEncoder.encode(notice.subject().job().value(), StandardCharsets.UTF_8);
        return job + "/" + URLEncoder.encode(notice.idempotencyKey(), StandardCharsets.UTF_8);
    }
}
