using TriggerConsole.Core.Templates.Rendering;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Formats without a structure of their own: text, plain values, headers, topics, routing keys.</summary>
internal static class TextCompiler
{
    public static void Compile(TemplateBuilder builder, TemplateFormat format)
    {
        var insertion = format switch
        {
            TemplateFormat.Header => Insertion.Header,
            TemplateFormat.MqttTopic => Insertion.MqttTopic,
            TemplateFormat.RoutingKey => Insertion.RoutingKey,
            _ => Insertion.Raw,
        };
        if (format == TemplateFormat.MqttTopic && builder.Source.Length == 0) builder.Fault(0, "Write the topic to publish to, such as devices/{payload.device}/state.");

        var pieces = new TemplatePieces(new(builder.Source), builder);
        while (pieces.Read(out var piece))
        {
            if (piece.Kind == PieceKind.Placeholder)
            {
                builder.Insert(piece.Placeholder, insertion);
                CheckDefault(builder, format, piece.Placeholder);
                continue;
            }
            // A doubled brace is one of them
            var end = piece.Kind == PieceKind.Brace ? piece.Start + 1 : piece.End;
            for (var i = piece.Start; i < end; i++)
                if (FaultOf(builder.Source[i], format) is { } fault) builder.Fault(i, fault);
            builder.Literal(builder.Source.AsSpan(piece.Start, end - piece.Start));
        }
    }

    // What stands in for a value is judged like a literal: better now than at the first event without the value
    private static void CheckDefault(TemplateBuilder builder, TemplateFormat format, Placeholder? placeholder)
    {
        if (placeholder?.Default is not { } standIn) return;
        foreach (var b in standIn.Text)
        {
            if (b >= 0x80 || FaultOf((char)b, format) is not { } fault) continue;
            builder.Fault(placeholder.Offset, $"In the default of {placeholder.Text}: {fault}");
            return;
        }
    }

    private static string? FaultOf(char c, TemplateFormat format) => (format, c) switch
    {
        (TemplateFormat.Header, '\r' or '\n') => "A header is one line: take the line break away.",
        (TemplateFormat.Header, _) when LineRules.IsForbiddenInHeader(c) => $"The control character U+{(int)c:X4} cannot stand in a header: take it away.",
        (TemplateFormat.MqttTopic, '+' or '#') => $"{c} stands for many topics and cannot be published to. Write the topic without it.",
        (TemplateFormat.MqttTopic, _) when LineRules.IsForbiddenInTopic(c) => $"The control character U+{(int)c:X4} cannot stand in a topic: take it away.",
        (TemplateFormat.RoutingKey, _) when LineRules.IsForbiddenInRoutingKey(c) => $"The control character U+{(int)c:X4} cannot stand in a routing key: take it away.",
        _ => null,
    };
}
