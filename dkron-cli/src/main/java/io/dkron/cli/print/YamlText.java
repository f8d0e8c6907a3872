package io.dkron.cli.print;

import io.dkron.core.json.Json;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Values of JSON as YAML 1.2. Stateless. */
public final class YamlText {
    /** What other readers of YAML, of version 1.1, take for something else than text. */
    private static final String OTHERWISE_NO_TEXT = "(?i)y|n|yes|no|on|off|~|[-+.0-9].*|=|<<";

    private YamlText() {}

    /** A document of its own, without a line of dashes. Numbers stand as they were sent. */
    public static String of(Object value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(10_000) // commands stay on one line
                .setSplitLines(false)
                .build();
        StringBuilder out = new StringBuilder();
        new Dump(settings).dumpNode(node(value), new org.snakeyaml.engine.v2.api.StreamDataWriter() {
            @Override
            public void write(String text) {
                out.append(text);
            }

            @Override
            public void write(String text, int from, int length) {
                out.append(text, from, from + length);
            }
        });
        return out.toString();
    }

    private static Node node(Object value) {
        if (value instanceof Map) {
            List<NodeTuple> fields = Json.object(value).entrySet().stream()
                    .map(field -> new NodeTuple(node(field.getKey()), node(field.getValue())))
                    .toList();
            return new MappingNode(Tag.MAP, fields, fields.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (value instanceof List<?> list) {
            return new SequenceNode(
                    Tag.SEQ,
                    list.stream().map(YamlText::node).toList(),
                    list.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (value instanceof String text) {
            return new ScalarNode(Tag.STR, text, style(text));
        }
        Tag tag = value instanceof Boolean ? Tag.BOOL : value == Json.NULL ? Tag.NULL : number(value.toString());
        return new ScalarNode(tag, value.toString(), ScalarStyle.PLAIN);
    }

    private static Tag number(String text) {
        return text.matches("-?\\d+") ? Tag.INT : Tag.FLOAT;
    }

    private static ScalarStyle style(String text) {
        if (text.contains("\n") && text.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c))) {
            return ScalarStyle.LITERAL;
        }
        return text.matches(OTHERWISE_NO_TEXT) ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN;
    }
}
