using System.Text;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Templates;

/// <summary>Compiles and renders templates with an event, environment and secrets that all template tests share.</summary>
internal sealed class TemplateBench : ISecretValues
{
    public const string SampleJson = """
        {"id": 7, "name": "Ana \"A\" Müller", "paid": true, "nothing": null, "price": 1.50, "items": [{"sku": "A-1"}, {"sku": "B-2"}],
         "user": {"id": "u1", "first name": "Ana"}, "größe": "XL", "it's": 1, "a\"b": 2, "empty": "", "lines": "one\ntwo"}
        """;

    private readonly Dictionary<string, string> _secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["TOKEN"] = "s3cr3t/part?&=\"<é",
        ["PATH"] = "T000/B000/xyz",
        ["LINES"] = "one\r\ntwo",
    };

    private readonly TemplateEnvironment _environment = new(new Dictionary<string, string?>
    {
        ["CRM_HOST"] = "crm.example",
        ["CRM_BASE"] = "https://crm.example:8443/api/",
        ["CRM_QUERY"] = "https://crm.example/api?key=1",
        ["CRM_FTP"] = "ftp://crm.example",
        ["CRM_SPACE"] = "https://crm.example/a b",
        ["UNSET"] = null,
    });

    public TemplateRules Rules => new(_environment, this);

    public byte[] Body { get; init; } = Encoding.UTF8.GetBytes(SampleJson);

    public string? ContentType { get; init; } = "application/json";

    public bool MaskSecrets { get; init; }

    public bool FromApi { get; init; }

    public static DateTimeOffset Now { get; } = new(2026, 1, 31, 10, 15, 30, 250, TimeSpan.FromHours(2));

    public static Guid Id(int n) => new(n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>A bench whose payload is <c>{"v": …}</c> with that JSON.</summary>
    public static TemplateBench WithValue(string json) => new() { Body = Encoding.UTF8.GetBytes($$"""{"v":{{json}}}""") };

    public static TemplateBench WithBody(string body, string? contentType) => new() { Body = Encoding.UTF8.GetBytes(body), ContentType = contentType };

    public bool Exists(string name) => _secrets.ContainsKey(name);

    public string? Find(string name) => _secrets.GetValueOrDefault(name);

    public void Forget(string name) => _secrets.Remove(name);

    public Template Compile(TemplateFormat format, string source)
    {
        var errors = new FieldErrors();
        var template = Template.Compile(source, format, Rules, errors, "body");
        Assert.True(template is not null, string.Join("\n", errors.All.Select(e => $"{e.Line}:{e.Column} {e.Message}")));
        Assert.False(errors.Any);
        return template;
    }

    public IReadOnlyList<FieldError> Faults(TemplateFormat format, string source)
    {
        var errors = new FieldErrors();
        Assert.Null(Template.Compile(source, format, Rules, errors, "body"));
        Assert.All(errors.All, e => Assert.Equal("body", e.Field));
        return errors.All;
    }

    /// <summary>All faults as <c>line:column message</c>.</summary>
    public string[] FaultLines(TemplateFormat format, string source) => [.. Faults(format, source).Select(e => $"{e.Line}:{e.Column} {e.Message}")];

    /// <summary>The one fault of a template: where it is, and a part of what it says.</summary>
    public void AssertFault(TemplateFormat format, string source, int line, int column, string message)
    {
        var fault = Assert.Single(Faults(format, source));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }

    public string Render(TemplateFormat format, string source) => Render(Compile(format, source));

    public string Render(Template template)
    {
        var scope = Scope();
        var text = template.RenderText(scope);
        return text;
    }

    public TemplateException Fails(TemplateFormat format, string source)
    {
        var template = Compile(format, source);
        return Assert.Throws<TemplateException>(() => template.RenderText(Scope()));
    }

    public TemplateScope Scope() => new(
        new AttemptContext
        {
            ExecutionId = Id(3),
            TriggerId = FromApi ? null : Id(4),
            Attempt = 2,
            Now = Now,
            Event = new(new StoredEvent
            {
                Id = Id(2),
                CallbackId = FromApi ? null : Id(1),
                Origin = FromApi ? EventOrigin.Api : EventOrigin.Callback,
                ReceivedAt = Now,
                Method = "POST",
                Path = "/api/trigger/x",
                QueryString = "?page=2&q=a%20b%26c&page=3",
                Headers = EventHeaders.Write([new("User-Agent", "curl/8.5.0"), new("X-Name", "é\"<"), new("x-name", "second")]),
                ContentType = ContentType,
                Body = Body,
                EventType = FromApi ? null : "order.created",
                Verdicts = [],
                Actor = FromApi ? "ana@example.com" : null,
                Variables = FromApi ? """{"region": "eu", "count": 3, "list": [1, 2], "none": null}"""u8.ToArray() : null,
            }),
        },
        Rules)
    {
        MaskSecrets = MaskSecrets,
    };
}
