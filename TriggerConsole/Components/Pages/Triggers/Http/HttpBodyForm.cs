using System.Text.Json.Serialization;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Components.Pages.Triggers.Http;

/// <summary>What is sent as the body, as chosen and typed. Each format keeps its own text, so that trying another one loses nothing.</summary>
public sealed class HttpBodyForm
{
    /// <summary>Null: the event as it came.</summary>
    public HttpBodyFormat? Format { get; set; }

    public Dictionary<HttpBodyFormat, string> Templates { get; set; } = [];

    /// <summary>Empty: the one that goes with the format.</summary>
    public string ContentType { get; set; } = "";

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
    public bool HasTemplate => TemplateFormat is not null;

    [JsonIgnore]
    public TemplateFormat? TemplateFormat => Format switch
    {
        HttpBodyFormat.Json => Core.Templates.TemplateFormat.Json,
        HttpBodyFormat.Xml => Core.Templates.TemplateFormat.Xml,
        HttpBodyFormat.Text => Core.Templates.TemplateFormat.Text,
        HttpBodyFormat.Form => Core.Templates.TemplateFormat.Form,
        _ => null,
    };

    public static HttpBodyForm Of(HttpBody? body)
    {
        var form = new HttpBodyForm { Format = body?.Format, ContentType = body?.ContentType ?? "" };
        if (body is { Template: { } template }) form.Templates[body.Format] = template;
        return form;
    }

    public HttpBody? ToSettings() => Format switch
    {
        null => null,
        HttpBodyFormat.None => new() { Format = HttpBodyFormat.None },
        { } format => new() { Format = format, Template = Template, ContentType = ContentType.Trim() is { Length: > 0 } type ? type : null },
    };

    private static string Beginning(HttpBodyFormat format) => format switch
    {
        HttpBodyFormat.Json => "{\n  \"event\": \"{original_payload}\"\n}",
        HttpBodyFormat.Xml => "<event>{original_payload}</event>",
        HttpBodyFormat.Text => "{original_payload}",
        HttpBodyFormat.Form => "event={original_payload}",
        _ => "",
    };
}
