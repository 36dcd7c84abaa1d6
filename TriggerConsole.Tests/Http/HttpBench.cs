using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Http;

/// <summary>HTTP triggers as the product registers them, allowed to call loopback.</summary>
internal sealed class HttpBench : IAsyncDisposable
{
    public static readonly Guid ExecutionId = Guid.Parse("01890000-0000-7000-8000-00000000abcd");

    private readonly ServiceProvider _services;

    public HttpBench(Action<IServiceCollection>? configure = null, params string[] allowed)
    {
        if (allowed.Length == 0) allowed = ["127.0.0.0/8", "::1"];
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(allowed.Select((a, i) => KeyValuePair.Create($"Egress:AllowedNetworks:{i}", (string?)a))).Build());
        services.AddSingleton(new TemplateRules(new TemplateEnvironment(Environment), Secrets));
        configure?.Invoke(services);
        services.AddHttpTriggers();
        _services = services.BuildServiceProvider();
        Kind = Assert.IsType<HttpTriggerKind>(_services.GetRequiredService<ITriggerKind>());
    }

    public TestSecrets Secrets { get; } = new();

    public Dictionary<string, string?> Environment { get; } = [];

    public HttpTriggerKind Kind { get; }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public static HttpBench Trusting(Testing.TestCertificates certificates, Action<IServiceCollection>? configure = null) => new(services =>
    {
        services.AddSingleton(new TlsTrust { Authorities = [certificates.Authority] });
        configure?.Invoke(services);
    });

    public static AttemptContext Event(string body = """{"id":7,"name":"Ada"}""", string? contentType = "application/json", string headers = "[]", int attempt = 1) => Event(Encoding.UTF8.GetBytes(body), contentType, headers, attempt);

    public static AttemptContext Event(byte[] body, string? contentType = "application/json", string headers = "[]", int attempt = 1) => new()
    {
        ExecutionId = ExecutionId,
        TriggerId = Guid.Parse("01890000-0000-7000-8000-000000000001"),
        Attempt = attempt,
        Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Event = new EventContent(new StoredEvent
        {
            Id = Guid.Parse("01890000-0000-7000-8000-000000000002"),
            Origin = EventOrigin.Callback,
            ReceivedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Method = "POST",
            Path = "/hook",
            Headers = Encoding.UTF8.GetBytes(headers),
            ContentType = contentType,
            Body = body,
            Verdicts = "[]"u8.ToArray(),
        }),
    };

    public static HttpTriggerSettings Settings(string url, string method = "POST") => new() { Url = url, Method = method, TimeoutSeconds = 10 };

    public Task<AttemptOutcome> ExecuteAsync(HttpTriggerSettings settings, AttemptContext? context = null, CancellationToken cancellationToken = default)
        => Kind.ExecuteAsync(Kind.Prepare(settings), context ?? Event(), cancellationToken);

    public async Task<IReadOnlyList<FieldError>> ValidateAsync(HttpTriggerSettings settings)
    {
        var errors = new FieldErrors();
        await Kind.ValidateAsync(settings, Get<TemplateRules>(), errors, CancellationToken.None);
        return errors.All;
    }

    public static RecordedHttpRequest Request(AttemptOutcome outcome) => RecordedHttpRequest.Read(outcome.Request)!;

    public static RecordedHttpResponse Response(AttemptOutcome outcome) => RecordedHttpResponse.Read(outcome.Response)!;

    /// <summary>Everything that is kept of an attempt, as one text.</summary>
    public static string EverythingIn(AttemptOutcome outcome)
        => string.Join('\n', outcome.Code, outcome.Detail, outcome.Target, Text(outcome.Request), Text(outcome.Response));

    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static string Text(byte[]? json) => json is null ? "" : Encoding.UTF8.GetString(json);
}

internal sealed class TestSecrets : ISecretValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public string this[string name] { set => _values[name] = value; }

    public bool Exists(string name) => _values.ContainsKey(name);

    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The one host that secrets may go to; null for any.</summary>
    public string? Allowed { get; set; }

    public bool MayGoTo(string name, string host) => Allowed is null || Allowed == host;
}

internal static class BenchServices
{
    public static void AddTime(this IServiceCollection services, TimeProvider time) => services.AddSingleton(time);
}
