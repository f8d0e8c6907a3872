package io.dkron.core.template;

import io.dkron.core.template.Functions.ArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Computes expressions from fields. For one use. */
final class Evaluation {
    private final Source source;
    private final Map<String, ?> fields;
    private final boolean whole; // look at every argument, also at those that would not matter

    /** @param whole to find what is wrong anywhere */
    Evaluation(Source source, Map<String, ?> fields, boolean whole) {
        this.source = source;
        this.fields = fields;
        this.whole = whole;
    }

    Object value(Expression expression) {
        if (expression instanceof Expression.Literal literal) {
            return literal.value();
        } else if (expression instanceof Expression.Field field) {
            return field(field);
        } else if (expression instanceof Expression.Method method) {
            return method(method);
        }
        Expression.Call call = (Expression.Call) expression;
        if (call.function().equals(Functions.AND) || call.function().equals(Functions.OR)) {
            return chosen(call);
        }
        try {
            return Functions.call(call.function(), values(call.arguments()));
        } catch (ArgumentException e) {
            throw source.wrong(call.at(), call.function() + ": " + e.getMessage());
        }
    }

    private List<Object> values(List<Expression> expressions) {
        List<Object> values = new ArrayList<>();
        expressions.forEach(e -> values.add(value(e)));
        return values;
    }

    private Object field(Expression.Field field) {
        Object value = fields.get(field.name());
        if (value == null) {
            throw source.wrong(
                    field.at(), "there is no ." + field.name() + "; there are ." + String.join(", .", fields.keySet()));
        }
        return value;
    }

    private Object method(Expression.Method method) {
        Object of = value(method.of());
        List<Object> arguments = values(method.arguments());
        if (!(of instanceof GoTime time)) {
            throw source.wrong(method.at(), "only times have a ." + method.name());
        }
        return switch (method.name()) {
            case "Unix" -> {
                expect(0, arguments, method);
                yield time.unix();
            }
            case "Format" -> {
                expect(1, arguments, method);
                yield time.format(arguments.get(0).toString());
            }
            default ->
                throw source.wrong(method.at(), "a time has no ." + method.name() + "; there are .Format and .Unix");
        };
    }

    private void expect(int count, List<Object> arguments, Expression.Method method) {
        if (arguments.size() != count) {
            throw source.wrong(
                    method.at(), "." + method.name() + " needs " + count + " arguments, not " + arguments.size());
        }
    }

    /** The first that decides, else the last. */
    private Object chosen(Expression.Call call) {
        if (call.arguments().isEmpty()) {
            throw source.wrong(call.at(), call.function() + " needs an argument");
        }
        boolean until = call.function().equals(Functions.OR);
        Object value = value(call.arguments().get(0));
        for (Expression next : call.arguments().subList(1, call.arguments().size())) {
            if (Functions.truth(value) == until) {
                if (!whole) {
                    return value;
                }
                value(next);
            } else {
                value = value(next);
            }
        }
        return value;
    }
}
