using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Http;

/// <summary>The settings of an HTTP trigger as they are typed.</summary>
public sealed class HttpForm : KindForm
{
    private static readonly EditorTab[] s_tabs = [new("parameters", "Parameters"), new("auth", "Authorization"), new("headers", "Headers"), new("body", "Body")];

    [JsonIgnore]
    public override TriggerKind Kind => TriggerKind.Http;

    [JsonIgnore]
    public override IReadOnlyList<EditorTab> Tabs => s_tabs;

    public string Method { get; set; } = "POST";

    public string Url { get; set; } = "";

    public PairList Query { get; set; } = new();

    public PairList Headers { get; set; } = new();

    public HttpBodyForm Body { get; set; } = new();

    public HttpAuthForm Auth { get; set; } = new();

    public string Timeout { get; set; } = DurationText.Of(new HttpTriggerSettings().TimeoutSeconds);

    public bool FollowRedirects { get; set; }

    public string SuccessStatus { get; set; } = StatusRanges.Default;

    public HttpVersionChoice HttpVersion { get; set; }

    public string LargestAnswer { get; set; } = SizeText.Of(new HttpTriggerSettings().MaxResponseBytes);

    public override string? BadgeOf(string tab) => tab switch
    {
        "parameters" when Query.Count > 0 => Query.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "headers" when Headers.Count > 0 => Headers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "auth" => HttpWords.Short(Auth.Type),
        "body" => HttpWords.Short(Body.Format),
        _ => null,
    };

    public override string? TabOf(string field) => field.Split('.', '[')[0] switch
    {
        "query" => "parameters",
        "headers" => "headers",
        "body" => "body",
        "auth" => "auth",
        "timeoutSeconds" or "followRedirects" or "successStatus" or "httpVersion" or "maxResponseBytes" => "limits",
        _ => null,
    };

    public override JsonElement ToSettings(FieldErrors errors) => JsonSerializer.SerializeToElement(ToRecord(errors), CoreJson.Options);

    public override JsonElement ToDescribe()
    {
        var settings = ToRecord(new FieldErrors());
        return JsonSerializer.SerializeToElement(settings.Url.Length == 0 ? settings with { Url = "…" } : settings, CoreJson.Options);
    }

    public override void Read(JsonElement settings)
    {
        var http = settings.Deserialize<HttpTriggerSettings>(CoreJson.Options)!;
        Method = http.Method;
        Url = http.Url;
        Query = PairList.Of(http.Query.Select(f => (f.Name, f.Value)));
        Headers = PairList.Of(http.Headers.Select(f => (f.Name, f.Value)));
        Body = HttpBodyForm.Of(http.Body);
        Auth = HttpAuthForm.Of(http.Auth, settings.TryGetProperty("auth", out var auth) ? auth : default);
        Timeout = DurationText.Of(http.TimeoutSeconds);
        FollowRedirects = http.FollowRedirects;
        SuccessStatus = http.SuccessStatus;
        HttpVersion = http.HttpVersion;
        LargestAnswer = SizeText.Of(http.MaxResponseBytes);
    }

    public override KindForm WithoutSecrets(bool forgetStored)
    {
        var copy = (HttpForm)MemberwiseClone();
        copy.Auth = Auth.WithoutSecrets(forgetStored);
        copy.Headers = Headers.WithoutCredentials();
        return copy;
    }

    private HttpTriggerSettings ToRecord(FieldErrors errors)
    {
        var settings = new HttpTriggerSettings
        {
            Method = Method,
            Url = Url.Trim(),
            Query = Fields(Query),
            Headers = Fields(Headers),
            Body = Body.ToSettings(),
            Auth = Auth.ToSettings(),
            FollowRedirects = FollowRedirects,
            SuccessStatus = SuccessStatus.Trim(),
            HttpVersion = HttpVersion,
        };
        if (DurationText.TryParse(Timeout, out var error) is { } timeout) settings = settings with { TimeoutSeconds = timeout };
        else errors.Add("timeoutSeconds", error!);
        if (SizeText.TryParse(LargestAnswer) is { } size) settings = settings with { MaxResponseBytes = size };
        else errors.Add("maxResponseBytes", "Write a size, for example 512 KB or 1 MB.");
        return settings;
    }

    private static IReadOnlyList<HttpField> Fields(PairList pairs) => [.. pairs.ToFields().Select(f => new HttpField { Name = f.Name, Value = f.Value })];
}
