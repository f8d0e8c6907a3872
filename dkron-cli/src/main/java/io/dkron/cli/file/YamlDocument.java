package io.dkron.cli.file;

import io.dkron.cli.file.FieldValues.Written;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonNumber;
import io.dkron.core.problem.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Turns the nodes of a YAML document into values. Anchors are followed, up to so many values in all: what aliases multiply
 * beyond that is an attack, or a mistake. For one document.
 */
final class YamlDocument {
    private static final int MOST_VALUES = 200_000;
    private static final String JSON_NUMBER = "-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?";

    private final Place place;
    private final Map<String, Integer> lines = new HashMap<>();
    private int values;

    YamlDocument(Place place) {
        this.place = place;
    }

    /** Lines of values by dotted path, below the last value that was made. */
    Map<String, Integer> takeLines() {
        Map<String, Integer> taken = Map.copyOf(lines);
        lines.clear();
        return taken;
    }

    /** @throws JobFileException at what cannot be a value */
    Object value(Node node, String path, int depth) {
        if (++values > MOST_VALUES) {
            throw fault(node, path, "holds more than " + MOST_VALUES + " values; do its aliases multiply?");
        }
        if (depth > Json.MAX_DEPTH) {
            throw fault(node, path, "is nested deeper than " + Json.MAX_DEPTH + "; does it contain itself?");
        }
        node.getStartMark().ifPresent(mark -> lines.putIfAbsent(path, mark.getLine() + 1));
        if (node instanceof MappingNode mapping) {
            return fields(mapping, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            List<Object> list = new ArrayList<>();
            for (Node each : sequence.getValue()) {
                list.add(value(each, path + "[" + list.size() + "]", depth + 1));
            }
            return list;
        }
        return scalar((ScalarNode) node, path);
    }

    private Map<String, Object> fields(MappingNode mapping, String path, int depth) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw fault(tuple.getKeyNode(), path, "has a key that is no text");
            }
            String name = key.getValue();
            String below = path.isEmpty() ? name : path + "." + name;
            if (fields.containsKey(name)) {
                throw fault(key, below, "is there twice");
            }
            key.getStartMark().ifPresent(mark -> lines.putIfAbsent(below, mark.getLine() + 1));
            fields.put(name, value(tuple.getValueNode(), below, depth + 1));
        }
        return fields;
    }

    private Written scalar(ScalarNode node, String path) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.STR)) {
            return new Written(text, text);
        }
        if (tag.equals(Tag.NULL)) {
            return new Written(Json.NULL, text);
        }
        if (tag.equals(Tag.BOOL)) {
            return new Written(text.toLowerCase(Locale.ROOT).equals("true"), text);
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return new Written(number(text), text);
        }
        throw fault(node, path, "has the tag " + tag + ", which means nothing here");
    }

    /** The number in JSON's form; a problem for one that has none. */
    private static Object number(String text) {
        if (text.matches(JSON_NUMBER)) {
            return new JsonNumber(text);
        }
        try {
            if (text.matches("0[xo].*")) {
                return new JsonNumber(new BigInteger(text.substring(2), text.charAt(1) == 'x' ? 16 : 8).toString());
            }
            return new JsonNumber(new BigDecimal(text).toPlainString());
        } catch (NumberFormatException e) {
            return new Problem("", "must be a number that JSON knows, not " + text);
        }
    }

    private JobFileException fault(Node node, String path, String message) {
        Place at =
                node.getStartMark().map(mark -> place.line(mark.getLine() + 1)).orElse(place);
        return new JobFileException(List.of(new Fault(at, "", path, message)));
    }
}
