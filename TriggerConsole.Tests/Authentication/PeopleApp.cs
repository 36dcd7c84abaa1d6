using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Mail;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

/// <summary>One application for many tests of sign-ins, with mails and acts kept; each test makes its own users.</summary>
public sealed class PeopleApp : IAsyncLifetime
{
    private TestApp? _app;

    internal TestApp App => _app!;

    internal KeptMails Mails { get; } = new();

    internal KeptActs Acts { get; } = new();

    public async Task InitializeAsync() => _app = await TestApp.StartAsync(
        new() { ["Mail:Host"] = "mail.example.com", ["Mail:From"] = "console@example.com", ["Server:PublicUrl"] = "http://console.example.com/", ["RateLimiting:SignIn:Permits"] = "100000", ["RateLimiting:Account:Permits"] = "100000", ["RateLimiting:Account:Burst"] = "100000" },
        services: services =>
        {
            services.AddSingleton<IMailSender>(Mails);
            services.AddSingleton<IAuditTrail>(Acts);
        });

    public async Task DisposeAsync() => await App.DisposeAsync();
}
