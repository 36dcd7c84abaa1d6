using System.Text.Json.Serialization;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

[JsonConverter(typeof(CamelCaseEnum<MessageFormat>))]
public enum MessageFormat
{
    Json,
    Xml,
    Text,
}

/// <summary>The payload of a message to a broker. Left out, the event goes on as it came, byte for byte.</summary>
public sealed record MessageBody
{
    public const int MaxTemplateLength = 256 * 1024;

    /// <summary>Default: json. What is made of the template is checked to be of this format before it is sent.</summary>
    public MessageFormat Format { get; init; }

    /// <summary>The payload, with placeholders escaped as <see cref="Format"/> asks for; <c>{original_payload}</c> for the event as it came.</summary>
    public string Template { get; init; } = "";

    /// <summary>The content type that goes with a format.</summary>
    public static string ContentTypeOf(MessageFormat format) => format switch
    {
        MessageFormat.Xml => "application/xml",
        MessageFormat.Text => "text/plain; charset=utf-8",
        _ => "application/json",
    };

    internal TemplateFormat TemplateFormat => Format switch
    {
        MessageFormat.Xml => TemplateFormat.Xml,
        MessageFormat.Text => TemplateFormat.Text,
        _ => TemplateFormat.Json,
    };

    internal void Validate(FieldErrors errors)
    {
        if (Template.Length == 0) errors.Add("template", "Write the payload, for example {original_payload} for the event as it came. Or leave body out, which does the same.");
        if (Template.Length > MaxTemplateLength) errors.Add("template", $"The template is longer than {MaxTemplateLength:N0} characters.");
    }

    /// <summary>"with the event as JSON": part of a sentence.</summary>
    internal static string InWords(MessageBody? body) => body switch
    {
        null => "with the event as it came",
        { Template: "{original_payload}" or "\"{original_payload}\"" } => $"with the event as {Name(body.Format)}",
        _ => $"with {Name(body.Format)} made from the event",
    };

    private static string Name(MessageFormat format) => format switch
    {
        MessageFormat.Xml => "XML",
        MessageFormat.Text => "text",
        _ => "JSON",
    };
}
