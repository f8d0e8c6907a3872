package io.dkron.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.schedule.ScheduleParser.FiveFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            * * * * * *             | every second
            0 * * * * *             | every minute
            0 */5 * * * *           | every 5 minutes
            0 2/5 * * * *           | every 5 minutes from minute 2
            */7 * * * * *           | every 7 seconds
            5/15 * * * * *          | every 15 seconds from second 5
            */10 5 * * * *          | every 10 seconds at minute 5
            */10 5 8 * * *          | every day at 08:05:00, 08:05:10, 08:05:20, 08:05:30, 08:05:40 and 08:05:50
            @minutely               | every minute
            @hourly                 | every hour
            0 30 * * * *            | at minute 30
            0 0 */2 * * *           | every 2 hours
            0 15 */2 * * *          | at minute 15 of every 2 hours
            * * 8-17 * * *          | every second from 08:00 to 17:59
            0 */10 8-17 * * MON-FRI | every 10 minutes from 08:00 to 17:59 from Monday to Friday
            @daily                  | every day at 00:00
            @weekly                 | at 00:00 on Sunday
            @monthly                | at 00:00 on day 1 of the month
            @yearly                 | at 00:00 on day 1 of the month in January
            10,40 20 10 * * *       | every day at 10:20:10 and 10:20:40
            0 5-20/5 8-10/2 * * *   | at minutes 5, 10, 15 and 20 of hours 08 and 10
            0 0 9 ? * MON-FRI       | at 09:00 from Monday to Friday
            0 0 22 * * 1,3,5        | at 22:00 on Monday, Wednesday and Friday
            0 0 22 * * 0-2,4        | at 22:00 on Sunday to Tuesday and Thursday
            0 0 0 * JAN,Jul SUN     | at 00:00 on Sunday in January and July
            0 0 12 13 * FRI         | at 12:00 on day 13 of the month or on Friday
            0 0 0 */2 * MON         | at 00:00 on every 2nd day of the month or on Monday
            0 0 0 1-31 * MON        | every day at 00:00
            0 0 0 31 * *            | at 00:00 on day 31 of the month
            0 0 0 , * *             | never: a field has no value
            0 0 0 , * MON           | at 00:00 on Monday
            TZ=Asia/Tokyo 0 30 3 * * * | every day at 03:30 (Asia/Tokyo)
            TZ=Local @daily         | every day at 00:00 (the server's zone)
            @every 1s               | every second
            @every 90m              | every 1 hour 30 minutes
            @every 24h              | every day
            @every 49h1s            | every 2 days 1 hour 1 second
            @at 2030-01-02T03:04:05.5+02:00 | once, at 2030-01-02T01:04:05.5Z
            @manually               | only when started by hand
            """)
    void saysInWords(String text, String words) {
        assertThat(ScheduleText.describe(parse(text))).isEqualTo(words);
    }

    private static Schedule parse(String text) {
        return ScheduleParser.parse(text, "job", FiveFields.SECONDS_FIRST).orThrow();
    }
}
