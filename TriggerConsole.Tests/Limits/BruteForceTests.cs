using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Limits;

/// <summary>A thousand guesses at one account from twenty addresses, as fast as they go.</summary>
public sealed class BruteForceTests
{
    private const int Addresses = 20;
    private const int TriesEach = 50;
    private const string Other = "other@example.com";

    [Fact]
    public async Task AThousandGuesses_GetNowhereAndHarmNobodyElse()
    {
        var hasher = new CountingHasher();
        await using var app = await TestApp.StartAsync(new()
        {
            // So that what holds them back is the count of wrong ones alone
            ["RateLimiting:Account:Permits"] = "100000",
            ["RateLimiting:Account:Burst"] = "0",
            ["LoadShedding:MaxWaitingSignIns"] = "10000",
        }, services: services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<User>>(hasher)));
        await AddUserAsync(app);
        using var known = await FormBrowser.SignedInAsync(app); // the one who is attacked, where he has signed in before
        known.DropSession();
        hasher.Reset();

        var answers = new ConcurrentBag<HttpStatusCode>();
        var attack = Task.WhenAll(Enumerable.Range(0, Addresses).Select(i => Task.Run(async () =>
        {
            using var guesser = app.From($"127.0.3.{i + 1}");
            for (var t = 0; t < TriesEach; t++) answers.Add(await SignInAsync(guesser, TestApp.Email, $"guess {i} {t}"));
        })));
        using var elsewhere = app.From("127.0.4.1");
        var others = new List<HttpStatusCode>();
        var watch = Stopwatch.StartNew();
        do others.Add(await SignInAsync(elsewhere, Other, TestApp.Password));
        while (!attack.IsCompleted && watch.Elapsed < Eventually.Limit);
        Assert.True(attack.IsCompleted, $"{answers.Count} of the tries were answered, {others.Count} others signed in: {string.Join(", ", answers.CountBy(a => a))}");
        await attack;

        Assert.Equal(Addresses * TriesEach, answers.Count);
        Assert.DoesNotContain(HttpStatusCode.OK, answers);
        Assert.All(others, status => Assert.Equal(HttpStatusCode.OK, status));
        // Thirty of each address were looked at, at most as many at the same time as there are processors
        Assert.Equal(Addresses * (TriesEach - 30), answers.Count(a => a == HttpStatusCode.TooManyRequests));
        Assert.InRange(hasher.Most, 1, Environment.ProcessorCount);
        // The tries of strangers are not his
        Assert.Equal("/", await known.SignInAsync());
        // An address that has guessed gets nowhere even when it guesses right
        using var again = app.From("127.0.3.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, await SignInAsync(again, TestApp.Email, TestApp.Password));
        // Whoever is signed in, or shows a key, notices nothing of it, from the same address even
        using var holder = app.From("127.0.3.1", withKey: true);
        Assert.Equal(HttpStatusCode.OK, (await holder.GetAsync("/api/callbacks")).StatusCode);
    }

    private static async Task<HttpStatusCode> SignInAsync(HttpClient client, string email, string password)
    {
        using var response = await client.PostAsJsonAsync("/api/auth/token", new { grantType = "password", email, password });
        return response.StatusCode;
    }

    private static async Task AddUserAsync(TestApp app)
    {
        using var scope = app.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var made = await users.CreateAsync(new() { Id = Guid.NewGuid(), UserName = Other, Email = Other, EmailConfirmed = true, CreatedAt = DateTimeOffset.UnixEpoch }, TestApp.Password);
        Assert.True(made.Succeeded);
    }

    /// <summary>Counts how many look at a password at the same time; little work in itself.</summary>
    private sealed class CountingHasher : IPasswordHasher<User>
    {
        private static readonly byte[] s_work = new byte[4096];
        private int _now;
        private int _most;

        public int Most => Volatile.Read(ref _most);

        public void Reset() => Volatile.Write(ref _most, 0);

        public string HashPassword(User user, string password)
        {
            Note();
            return "plain:" + password;
        }

        public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Note();
            return hashedPassword == "plain:" + providedPassword ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
        }

        private void Note()
        {
            var now = Interlocked.Increment(ref _now);
            for (var most = Most; now > most && Interlocked.CompareExchange(ref _most, now, most) != most; most = Most)
            {
                // another was faster
            }
            for (var i = 0; i < 100; i++) SHA256.HashData(s_work); // long enough to meet others
            Interlocked.Decrement(ref _now);
        }
    }
}
