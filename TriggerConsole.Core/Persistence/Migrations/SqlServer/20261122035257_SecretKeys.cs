using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TriggerConsole.Core.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class SecretKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "allowed_hosts",
                table: "secrets",
                type: "nvarchar(2000)",
                maxLength: 2000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "last_used_at",
                table: "secrets",
                type: "datetimeoffset(6)",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "previous_until",
                table: "secrets",
                type: "datetimeoffset(6)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "protected_previous",
                table: "secrets",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "value_changed_at",
                table: "secrets",
                type: "datetimeoffset(6)",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "data_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "nvarchar(8)", maxLength: 8, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", nullable: false),
                    created_by = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false),
                    protected_key = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", nullable: true),
                    total = table.Column<int>(type: "int", nullable: false),
                    done = table.Column<int>(type: "int", nullable: false),
                    unreadable = table.Column<int>(type: "int", nullable: false),
                    worker = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    beat_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_keys", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_keys");

            migrationBuilder.DropColumn(
                name: "allowed_hosts",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "last_used_at",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "previous_until",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "protected_previous",
                table: "secrets");

            migrationBuilder.DropColumn(
                name: "value_changed_at",
                table: "secrets");
        }
    }
}
