using System.Text.Json.Serialization;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>The payload of a message to a broker, as chosen and typed. Each format keeps its own text, so that trying another one loses nothing.</summary>
public sealed class MessageForm
{
    public static IReadOnlyList<(MessageFormat? Format, string Title, string What)> Formats { get; } =
    [
        (null, "As it came", "The event goes on byte for byte, with its own content type."),
        (MessageFormat.Json, "JSON", "Placeholders stand in strings. A string that is only a placeholder takes the value with its type: \"{payload.total}\" becomes 99.5."),
        (MessageFormat.Xml, "XML", "Values are escaped, so the document stays well-formed whatever arrives."),
        (MessageFormat.Text, "Text", "Values are put in as they are."),
    ];

    /// <summary>Null: the event as it came.</summary>
    public MessageFormat? Format { get; set; }

    public Dictionary<MessageFormat, string> Templates { get; set; } = [];

    /// <summary>The text of the chosen format; of one that was not yet used, a beginning.</summary>
    [JsonIgnore]
    public string Template
    {
        get => Format is { } format ? Templates.GetValueOrDefault(format) ?? Beginning(format) : "";
        set
        {
            if (Format is { } format) Templates[format] = value;
        }
    }

    [JsonIgnore]
    public TemplateFormat TemplateFormat => Format switch
    {
        MessageFormat.Xml => TemplateFormat.Xml,
        MessageFormat.Text => TemplateFormat.Text,
        _ => TemplateFormat.Json,
    };

    /// <summary>A word for the tab; null for the event as it came.</summary>
    [JsonIgnore]
    public string? Badge => Format is null ? null : Formats.First(f => f.Format == Format).Title;

    public static MessageForm Of(MessageBody? body)
    {
        var form = new MessageForm { Format = body?.Format };
        if (body is not null) form.Templates[body.Format] = body.Template;
        return form;
    }

    public MessageBody? ToSettings() => Format is { } format ? new() { Format = format, Template = Template } : null;

    /// <summary>The whole event in the chosen format.</summary>
    public static string WholeEvent(MessageFormat? format) => format switch
    {
        MessageFormat.Json => "\"{original_payload}\"",
        MessageFormat.Xml => "<event>{original_payload}</event>",
        _ => "{original_payload}",
    };

    private static string Beginning(MessageFormat format) => format == MessageFormat.Json ? "{\n  \"event\": \"{original_payload}\"\n}" : WholeEvent(format);
}
