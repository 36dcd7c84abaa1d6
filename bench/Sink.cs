using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TriggerConsole.Bench;

/// <summary>A target that counts.</summary>
internal static class Sink
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var count = 0;
        app.Run(async context =>
        {
            if (context.Request.Path == "/count")
            {
                await context.Response.WriteAsync(Volatile.Read(ref count).ToString(System.Globalization.CultureInfo.InvariantCulture));
                return;
            }
            await context.Request.Body.CopyToAsync(Stream.Null);
            Interlocked.Increment(ref count);
        });
        await app.RunAsync();
    }
}

/// <summary>The least there can be: takes a request, calls the target, answers. Stores nothing, so it promises nothing.</summary>
internal static class Relay
{
    public static async Task RunAsync(int port, string target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false });
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            using var content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
            content.Headers.ContentType = new("application/json");
            using var response = await client.PostAsync(target, content);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        });
        await app.RunAsync();
    }
}
