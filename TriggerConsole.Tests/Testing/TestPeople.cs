using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Tests.Testing;

/// <summary>Users of each role, by program and by browser.</summary>
internal static class TestPeople
{
    public const string Password = "another horse battery";

    public static string EmailOf(Role role) => $"{role.ToString().ToLowerInvariant()}@example.com";

    /// <summary>Makes a user of this role.</summary>
    public static async Task<User> MakeUserAsync(this TestApp app, Role role, string? email = null)
    {
        using var scope = app.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var now = app.Get<TimeProvider>().GetUtcNow();
        var user = new User { Id = Uuid7.New(now), UserName = email ?? EmailOf(role), Email = email ?? EmailOf(role), EmailConfirmed = true, Role = role, CreatedAt = now };
        var made = await users.CreateAsync(user, Password);
        return made.Succeeded ? user : throw new InvalidOperationException(string.Join(" ", made.Errors.Select(e => e.Description)));
    }

    /// <summary>A program that shows the access token of this user.</summary>
    public static async Task<HttpClient> ProgramAsync(this TestApp app, string email, string password = Password)
    {
        using var answer = await app.Anonymous.PostAsJsonAsync("/api/auth/token", new { grantType = "password", email, password });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A browser that has signed in as this user; redirects are not followed.</summary>
    public static async Task<HttpClient> BrowserAsync(this TestApp app, string email, string password = Password) => (await FormBrowser.SignedInAsync(app, email, password)).Client;
}
