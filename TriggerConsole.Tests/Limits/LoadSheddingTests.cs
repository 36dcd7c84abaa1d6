using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Core.Limits;
using TriggerConsole.Limits;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class LoadSheddingTests
{
    [Fact]
    public async Task Ingress_Full_Answers503AndPagesGoOn()
    {
        await using var app = await TestApp.StartAsync(new() { ["LoadShedding:MaxIngress"] = "1", ["LoadShedding:MaxSharePerAddress"] = "100" });
        var callback = await CallbackAsync(app);
        Assert.True(app.Get<LoadGates>().Ingress.TryEnter(IPAddress.Loopback, out var slot));

        using var shed = await app.FireAsync(callback, JsonContent.Create(1));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "2"), (shed.StatusCode, shed.Headers.GetValues("Retry-After").Single()));
        Assert.Equal("urn:triggerconsole:problem:busy", (await shed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/sign-in")).StatusCode);
        app.Get<LoadGates>().Ingress.Leave(slot);
        Assert.Equal(HttpStatusCode.Accepted, (await app.FireAsync(callback, JsonContent.Create(1))).StatusCode);
        Assert.Equal(0, app.Get<LoadGates>().Ingress.Inside);
    }

    [Fact]
    public async Task Overload_ShedsEventsAndApiButNotPagesHealthOrWhatWasAccepted()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await CallbackAsync(app);
        var monitor = app.Get<LoadMonitor>();
        await monitor.StopAsync(CancellationToken.None); // its own looks would say that all is well
        for (var i = 0; i < 20; i++) monitor.Note(TimeSpan.FromMinutes(2));

        var (accepted, shed, pages, api) = (0, 0, 0, 0);
        for (var i = 0; i < 60; i++)
        {
            using var event_ = await app.FireAsync(callback, JsonContent.Create(i));
            if (event_.StatusCode == HttpStatusCode.Accepted) accepted++;
            if (event_.StatusCode == HttpStatusCode.ServiceUnavailable) shed++;
            if ((await app.Client.GetAsync("/api/callbacks")).StatusCode == HttpStatusCode.ServiceUnavailable) api++;
            if ((await app.Anonymous.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK) pages++;
        }

        Assert.Equal((60, 60), (accepted + shed, pages));
        Assert.True(shed > 30 && api > 30, $"{shed} events and {api} calls shed");
        for (var i = 0; i < 20; i++) monitor.Note(TimeSpan.Zero);
        Assert.Equal(accepted, (await app.SendAsync(HttpMethod.Get, $"/api/events?callbackId={callback.Id}&pageSize=200")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Connections_OfOneAddress_AreBounded()
    {
        await using var app = await TestApp.StartAsync(new() { ["LoadShedding:MaxConnectionsPerAddress"] = "3" });
        var sockets = new List<System.Net.Sockets.TcpClient>();
        for (var i = 0; i < 3; i++) sockets.Add(await OpenAsync("127.0.0.31"));
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var probe = await OpenAsync("127.0.0.31");
                return await IsClosedAsync(probe);
            }
            catch (System.Net.Sockets.SocketException)
            {
                return true; // closed while it was being opened
            }
        }, "the fourth connection to be closed");

        using var other = app.From("127.0.0.32");
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/health/live")).StatusCode);
        foreach (var socket in sockets) socket.Dispose();
        using var again = app.From("127.0.0.31");
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await again.GetAsync("/health/live")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "a place to be free again");

        async Task<System.Net.Sockets.TcpClient> OpenAsync(string from)
        {
            var client = new System.Net.Sockets.TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
            await client.ConnectAsync(IPAddress.Loopback, app.Address.Port);
            return client;
        }

        static async Task<bool> IsClosedAsync(System.Net.Sockets.TcpClient client)
        {
            try
            {
                return await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromMilliseconds(500)) == 0;
            }
            catch (IOException)
            {
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    private static async Task<TestCallback> CallbackAsync(TestApp app)
    {
        var made = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Orders" });
        return new(made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!, default);
    }
}
