using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Nodes;

/// <summary>What is made, changed or deleted at one node is so at the other within moments: in memory, where work is done.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed partial class ConfigurationAcrossNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private TestApp A => nodes.A;

    private TestApp B => nodes.B;

    [Fact]
    public async Task Callback_MadeChangedDeleted_IsSoAtTheOtherNode()
    {
        var directory = B.Get<CallbackDirectory>();
        var id = await CreateAsync("/api/callbacks", new { name = "Orders", path = "orders" });
        await Eventually.TrueAsync(() => directory.FindPath("orders")?.Id == id, "the callback to be known");
        await A.SendAsync(HttpMethod.Put, $"/api/callbacks/{id}", new { name = "Bills", path = "bills" });
        await Eventually.TrueAsync(() => directory.FindPath("bills")?.Name == "Bills" && directory.FindPath("orders") is null, "the change to be known");
        await A.SendAsync(HttpMethod.Delete, $"/api/callbacks/{id}");
        await Eventually.TrueAsync(() => directory.Find(id) is null, "the callback to be gone");
    }

    [Fact]
    public async Task Trigger_MadeChangedDeleted_IsSoAtTheOtherNode()
    {
        var directory = B.Get<TriggerDirectory>();
        var id = await CreateAsync("/api/triggers", new { kind = "Http", name = "Tell", settings = new { method = "POST", url = "http://127.0.0.1:1/" } });
        await Eventually.TrueAsync(() => directory.Find(id) is { Paused: false }, "the trigger to be known");
        await A.SendAsync(HttpMethod.Post, $"/api/triggers/{id}/pause");
        await Eventually.TrueAsync(() => directory.Find(id) is { Paused: true }, "the change to be known");
        await A.SendAsync(HttpMethod.Delete, $"/api/triggers/{id}");
        await Eventually.TrueAsync(() => directory.Find(id) is null, "the trigger to be gone");
    }

    [Fact]
    public async Task MqttBroker_MadeChangedDeleted_IsSoAtTheOtherNode()
    {
        var directory = B.Get<MqttBrokerDirectory>();
        var id = await CreateAsync("/api/mqtt/brokers", new { name = "Hall", url = "mqtt://127.0.0.1:1", enabled = false, password = "hush-hush", username = "u" });
        await Eventually.TrueAsync(() => directory.Find(id)?.Settings.Password == "hush-hush", "the broker to be known, its password too");
        await A.SendAsync(HttpMethod.Put, $"/api/mqtt/brokers/{id}", new { name = "Hall 2" });
        await Eventually.TrueAsync(() => directory.Find(id)?.Name == "Hall 2", "the change to be known");
        await A.SendAsync(HttpMethod.Delete, $"/api/mqtt/brokers/{id}");
        await Eventually.TrueAsync(() => directory.Find(id) is null, "the broker to be gone");
    }

    [Fact]
    public async Task AmqpBrokerAndExchange_MadeAndDeleted_AreSoAtTheOtherNode()
    {
        var (brokers, exchanges) = (B.Get<AmqpBrokerDirectory>(), B.Get<AmqpExchangeDirectory>());
        var broker = await CreateAsync("/api/amqp/brokers", new { name = "Rabbit", url = "amqp://127.0.0.1:1", enabled = false });
        await Eventually.TrueAsync(() => brokers.Find(broker) is not null, "the broker to be known");
        var exchange = await CreateAsync("/api/amqp/exchanges", new { brokerId = broker, name = "orders", type = "topic" });
        await Eventually.TrueAsync(() => exchanges.Find(exchange) is { Name: "orders" }, "the exchange to be known");
        await A.SendAsync(HttpMethod.Delete, $"/api/amqp/exchanges/{exchange}");
        await Eventually.TrueAsync(() => exchanges.Find(exchange) is null, "the exchange to be gone");
        await A.SendAsync(HttpMethod.Delete, $"/api/amqp/brokers/{broker}");
        await Eventually.TrueAsync(() => brokers.Find(broker) is null, "the broker to be gone");
    }

    [Fact]
    public async Task Secret_MadeChangedDeleted_IsSoAtTheOtherNode()
    {
        var secrets = B.Get<SecretStore>();
        await A.Get<SecretStore>().SetAsync("CRM_TOKEN", "first", null, default);
        await Eventually.TrueAsync(() => secrets.Find("CRM_TOKEN") == "first", "the secret to be known");
        await A.Get<SecretStore>().SetAsync("CRM_TOKEN", "second", null, default);
        await Eventually.TrueAsync(() => secrets.Find("CRM_TOKEN") == "second", "its new value to be known");
        await A.Get<SecretStore>().DeleteAsync("CRM_TOKEN", [], default);
        await Eventually.TrueAsync(() => !secrets.Exists("CRM_TOKEN"), "the secret to be gone");
    }

    [Fact]
    public async Task ApiKey_MadeAndRevoked_IsSoAtTheOtherNode()
    {
        var made = await A.Get<Core.Identity.ApiKeys>().CreateAsync(new() { Name = "Scraper" }, "test", _ => true, default);
        using var client = new HttpClient { BaseAddress = B.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", made.Value!.Value);
        await TwoNodes.AnswersAsync(B, "/api/health", 200, client);
        await A.Get<Core.Identity.ApiKeys>().RevokeAsync(made.Value.Key.Id, default);
        await TwoNodes.AnswersAsync(B, "/api/health", 401, client);
    }

    [Fact]
    public async Task User_LockedAtOneNode_IsOutAtTheOtherAtOnce()
    {
        var user = await A.InviteAsync();
        using var browser = await A.BrowserAsync(user.Email!, People.Password);
        using var program = await A.ProgramAsync(user.Email!, People.Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri(B.Address, "/api/executions"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync(new Uri(B.Address, "/api/executions"))).StatusCode);
        var watch = Stopwatch.StartNew();

        await A.Get<Core.Identity.UserCommands>().LockAsync(user.Id, null, default);

        await Eventually.TrueAsync(async () => (await browser.GetAsync(new Uri(B.Address, "/api/executions"))).StatusCode == HttpStatusCode.Unauthorized, "the browser to be out");
        await Eventually.TrueAsync(async () => (await program.GetAsync(new Uri(B.Address, "/api/executions"))).StatusCode == HttpStatusCode.Unauthorized, "the program to be out");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30)); // by itself it would look again after a minute
    }

    [Fact]
    public async Task MessagesMissed_EverythingIsReadAgain()
    {
        await using var context = await B.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<Core.Persistence.TriggerConsoleDbContext>>().CreateDbContextAsync();
        var reloadables = B.Services.GetServices<IReloadable>().ToList();
        var kept = await CreateAsync("/api/callbacks", new { name = "Kept" });
        await Eventually.TrueAsync(() => B.Get<CallbackDirectory>().Find(kept) is not null, "the callback to be known");
        B.Get<CallbackDirectory>().Remove(kept); // as if its message had been missed
        var ghost = new Callback { Id = Guid.NewGuid(), Name = "Ghost", Methods = "POST", TokenHash = [], TokenHint = "", CreatedAt = default, UpdatedAt = default };
        B.Get<CallbackDirectory>().Set(ghost);

        foreach (var reloadable in reloadables) await reloadable.ReloadAllAsync(default);

        Assert.NotNull(B.Get<CallbackDirectory>().Find(kept));
        Assert.Null(B.Get<CallbackDirectory>().Find(ghost.Id));
        Assert.Equal([ConfigurationChange.AmqpBroker, ConfigurationChange.AmqpExchange, ConfigurationChange.ApiKey, ConfigurationChange.Callback, ConfigurationChange.DataKey, ConfigurationChange.MqttBroker,
            ConfigurationChange.Schedule, ConfigurationChange.Secret, ConfigurationChange.Setting, ConfigurationChange.Trigger],
            reloadables.Select(r => r.Kind).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SignIn_FormOfOneNodeSentToTheOther_WorksAtBoth()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new() };
        using var browser = new HttpClient(handler);
        var token = AntiforgeryToken().Match(await browser.GetStringAsync(new Uri(A.Address, "/sign-in"))).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = TestApp.Email, ["password"] = TestApp.Password, ["__RequestVerificationToken"] = token });

        using var signedIn = await browser.PostAsync(new Uri(B.Address, "/account/sign-in"), form);

        Assert.Equal("/", signedIn.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri(A.Address, "/api/executions"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri(B.Address, "/api/executions"))).StatusCode);
    }

    private async Task<Guid> CreateAsync(string path, object body) => (await A.SendAsync(HttpMethod.Post, path, body)).GetProperty("id").GetGuid();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
