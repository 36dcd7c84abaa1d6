using System.Text;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Browser;

/// <summary>An application in which every page has something to show: all states of executions, refusals, secrets, keys, long and strange values.</summary>
public sealed class FilledApp : IAsyncLifetime
{
    private const string LongWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

    private TestApp? _app;

    internal TestApp App => _app!;

    /// <summary>The cookies of the administrator, once a test has signed in.</summary>
    internal string? SignedIn { get; set; }

    internal TestCallback Callback { get; private set; } = null!;

    internal Guid Event { get; private set; }

    internal Guid Succeeded { get; private set; }

    internal Guid Dead { get; private set; }

    internal Guid DeadTrigger { get; private set; }

    internal Guid Retrying { get; private set; }

    public async Task InitializeAsync()
    {
        if (Chromium.Program is null) return;
        _app = await TestApp.StartAsync();
        await App.SendAsync(HttpMethod.Put, "/api/secrets/CRM_TOKEN", new { value = "s3cret", description = $"Token of the CRM, from {LongWord}" });
        await App.SendAsync(HttpMethod.Post, "/api/keys", new { name = LongWord });
        Callback = await App.CreateCallbackAsync("", new { name = "Tell the CRM", settings = Settings($"echo/{LongWord}?{{query:source|none}}") },
            new { name = $"Orders of the {LongWord}", description = "Set up in the shop", path = "shop/orders" });
        Succeeded = (await App.FireAsync(Callback, new { type = "order.created", order = new { id = 42, customer = LongWord }, items = new[] { new { sku = "A-1", note = new string('x', 300) } } }))[0];
        Event = (await App.WaitForAsync(Succeeded, "Succeeded")).GetProperty("execution").GetProperty("eventId").GetGuid();
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{Succeeded}/replay");

        var dead = await App.CreateCallbackAsync("", new { name = LongWord, settings = Settings("echo/down?status=503"), retry = new { maxAttempts = 1 } });
        DeadTrigger = dead.TriggerId;
        Dead = (await App.FireAsync(dead, new { n = 1 }))[0];
        await App.WaitForAsync(Dead, "DeadLettered");
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{Dead}/replay");

        var retrying = await App.CreateCallbackAsync("", new { name = "Later", settings = Settings("echo/later?status=500"), retry = new { strategy = "fixed", delaySeconds = 600, maxAttempts = 3 } });
        Retrying = (await App.FireAsync(retrying, new { n = 1 }))[0];
        await App.WaitForAsync(Retrying, "Retrying");
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{Retrying}/retry");
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{(await App.FireAsync(retrying, new { n = 2 }))[0]}/cancel");

        await App.SendAsync(HttpMethod.Post, "/api/triggers/test", new { kind = "Http", settings = Settings("echo/test"), payload = new { n = 1 } });
        using var binary = new ByteArrayContent([0, 1, 2, 254, 255]);
        using var stored = await App.FireAsync(Callback, binary);
        using var refused = await App.Anonymous.PostAsync($"/api/trigger/{Callback.Id}", new StringContent("{}", Encoding.UTF8, "application/json"));
    }

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    /// <summary>Fills the places of ids in a path.</summary>
    internal string PathOf(string template) => template
        .Replace("{callback}", Callback.Id.ToString(), StringComparison.Ordinal)
        .Replace("{trigger}", Callback.TriggerId.ToString(), StringComparison.Ordinal)
        .Replace("{event}", Event.ToString(), StringComparison.Ordinal)
        .Replace("{succeeded}", Succeeded.ToString(), StringComparison.Ordinal)
        .Replace("{dead}", Dead.ToString(), StringComparison.Ordinal)
        .Replace("{deadTrigger}", DeadTrigger.ToString(), StringComparison.Ordinal)
        .Replace("{retrying}", Retrying.ToString(), StringComparison.Ordinal);

    private object Settings(string path) => new
    {
        method = "POST",
        url = $"{App.Address}{path}",
        headers = new[] { new { name = "X-Trace", value = "{execution_id}" }, new { name = "X-Key", value = "{secret:CRM_TOKEN}" } },
        query = new[] { new { name = "source", value = "{header:User-Agent|unknown}" } },
        body = new { format = "json", template = """{"received":"{timestamp}","event":"{original_payload}"}""" },
        auth = new { type = "basic", username = "crm", password = "s3cret" },
    };
}
